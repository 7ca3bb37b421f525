import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';

// npm's co-wechat on Koa, echoing every message and storing nothing: started by fork with its account as JSON, it tells
// its port.

/** What this uses of co-wechat, which has no types of its own. */
type CoWechat = (config: { readonly token: string; readonly appid: string; readonly encodingAESKey: string }) => {
  middleware(handle: (message: { readonly Content: string }) => Promise<string>): Koa.Middleware;
};

const account = JSON.parse(process.argv[2] ?? '{}') as Record<'token' | 'appId' | 'encodingAesKey', string>;
const wechat = createRequire(import.meta.url)('co-wechat') as CoWechat;
const app = new Koa();
const config = { token: account.token, appid: account.appId, encodingAESKey: account.encodingAesKey };
app.use(wechat(config).middleware(async ({ Content }) => Content));
const server = app.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));
