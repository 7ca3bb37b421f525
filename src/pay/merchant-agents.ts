import { createSecureContext, rootCertificates } from 'node:tls';
import { Agent } from 'undici';
import type { MerchantId } from '../base/ids.ts';
import type { Merchant } from '../flows/ports/accounts.ts';

interface AgentOptions {
  readonly extraCaPem: string | null;
  readonly connectTimeoutMs: number;
  readonly connections: number;
}

interface Kept {
  readonly agent: Agent;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

// An idle connection is given up before a balancer in between forgets it.
const KEEP_ALIVE_MS = 20_000;

/**
 * One keep-alive agent per merchant, never shared: a pooled connection opened under another certificate, or under
 * none, is what makes certificate calls fail now and then (https://github.com/wechatpy/wechatpy/issues/406). When a
 * merchant's certificate changes, new calls go over a new agent and the old one ends with its last call.
 */
export class MerchantAgents {
  readonly #options: AgentOptions;
  readonly #kept = new Map<MerchantId, Kept>();
  readonly #retired = new Set<Promise<void>>();

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /** Returns the merchant's agent, or null when its certificate and key cannot be used together. */
  of(merchant: Merchant): Agent | null {
    const kept = this.#kept.get(merchant.id);
    if (kept?.certificatePem === merchant.certificatePem && kept.privateKeyPem === merchant.privateKeyPem)
      return kept.agent;
    const agent = this.#open(merchant);
    if (agent === null) return null;
    this.#kept.set(merchant.id, {
      agent,
      certificatePem: merchant.certificatePem,
      privateKeyPem: merchant.privateKeyPem,
    });
    if (kept !== undefined) this.#retire(kept.agent);
    return agent;
  }

  /** Cuts every connection. Calls under way must have been given up before: undici lets a closing agent's last call end. */
  async close(): Promise<void> {
    const kept = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all([...kept.map(({ agent }) => agent.destroy()), ...this.#retired]);
  }

  #open({ certificatePem, privateKeyPem }: Merchant): Agent | null {
    try {
      createSecureContext({ cert: certificatePem, key: privateKeyPem });
    } catch {
      return null;
    }
    const { extraCaPem, connectTimeoutMs, connections } = this.#options;
    return new Agent({
      connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // The call's own deadline covers all of it; these would start again with every chunk.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        cert: certificatePem,
        key: privateKeyPem,
        timeout: connectTimeoutMs,
        // Said aloud, so that no environment variable can switch it off.
        rejectUnauthorized: true,
        ...(extraCaPem === null ? {} : { ca: [...rootCertificates, extraCaPem] }),
      },
    });
  }

  /** Lets calls under way end, which each does by its own deadline. */
  #retire(agent: Agent): void {
    const ended = agent
      .close()
      .catch(() => undefined)
      .finally(() => this.#retired.delete(ended));
    this.#retired.add(ended);
  }
}
