import { openid } from '../../base/ids.ts';
import type { Openid } from '../../base/ids.ts';
import type { XmlElement } from '../../base/xml.ts';
import type { EventBody } from './inbound-event.ts';
import { fieldNumber, fieldText, fieldTextOrNull, nestedElements } from './message-fields.ts';

/** Reads what the platform reports: results of jobs, choices, rights, agents, verification. Null for any other event. */
export function readPlatformEvent(fields: XmlElement, name: string): EventBody | null {
  return readJobResult(fields, name) ?? readSubscription(fields, name) ?? readNotice(fields, name);
}

function readJobResult(fields: XmlElement, name: string): EventBody | null {
  const status = fieldText(fields, 'Status');
  const jobId = fieldText(fields, 'MsgID');
  switch (name) {
    case 'templatesendjobfinish':
      return { event: name, jobId, status, outcome: templateOutcome(status) };
    case 'masssendjobfinish':
      return {
        event: name,
        jobId,
        status,
        outcome: bare(status) === 'sendsuccess' ? 'sent' : 'failed',
        ...counts(fields),
      };
    case 'publishjobfinish': {
      const info = nestedElements(fields, 'PublishEventInfo')[0] ?? {};
      const items = nestedElements(info, 'article_detail', 'item');
      return {
        event: name,
        publishId: fieldText(info, 'publish_id'),
        publishStatus: fieldNumber(info, 'publish_status'),
        articleId: fieldTextOrNull(info, 'article_id'),
        articleUrls: items.map((item) => fieldText(item, 'article_url')).filter((url) => url !== ''),
      };
    }
    default:
      return null;
  }
}

/** WeChat prints its states with and without blanks after the colon, so they are compared without any. */
function templateOutcome(status: string): 'sent' | 'blocked' | 'failed' {
  if (bare(status).startsWith('success')) return 'sent';
  return bare(status).startsWith('failed:userblock') ? 'blocked' : 'failed';
}

function bare(status: string): string {
  return status.replaceAll(/\s/g, '').toLowerCase();
}

function counts(fields: XmlElement) {
  return {
    totalCount: fieldNumber(fields, 'TotalCount'),
    filteredCount: fieldNumber(fields, 'FilterCount'),
    sentCount: fieldNumber(fields, 'SentCount'),
    errorCount: fieldNumber(fields, 'ErrorCount'),
  };
}

function readSubscription(fields: XmlElement, name: string): EventBody | null {
  switch (name) {
    case 'subscribe_msg_popup_event':
      return { event: name, choices: nestedElements(fields, 'SubscribeMsgPopupEvent', 'List').map(choice) };
    case 'subscribe_msg_change_event':
      return { event: name, choices: nestedElements(fields, 'SubscribeMsgChangeEvent', 'List').map(choice) };
    case 'subscribe_msg_sent_event':
      return { event: name, results: nestedElements(fields, 'SubscribeMsgSentEvent', 'List').map(sentNotice) };
    default:
      return null;
  }
}

function choice(entry: XmlElement): { templateId: string; accepted: boolean } {
  const status = fieldText(entry, 'SubscribeStatusString').trim().toLowerCase();
  return { templateId: fieldText(entry, 'TemplateId'), accepted: status === 'accept' };
}

function sentNotice(entry: XmlElement) {
  const errorCode = fieldText(entry, 'ErrorCode').trim();
  return {
    templateId: fieldText(entry, 'TemplateId'),
    jobId: fieldText(entry, 'MsgID'),
    sent: errorCode === '0',
    errorCode,
    errorStatus: fieldText(entry, 'ErrorStatus'),
  };
}

function readNotice(fields: XmlElement, name: string): EventBody | null {
  switch (name) {
    case 'user_info_modified':
    case 'user_authorization_revoke':
    case 'user_authorization_cancellation':
      return { event: name, ...personalData(fields) };
    case 'kf_create_session':
    case 'kf_close_session':
      return { event: name, agent: fieldText(fields, 'KfAccount') };
    case 'kf_switch_session':
      return { event: name, fromAgent: fieldText(fields, 'FromKfAccount'), toAgent: fieldText(fields, 'ToKfAccount') };
    case 'qualification_verify_success':
    case 'naming_verify_success':
    case 'annual_renew':
    case 'verify_expired':
      return { event: name, expiresAtSeconds: fieldNumber(fields, 'ExpiredTime') };
    case 'qualification_verify_fail':
    case 'naming_verify_fail': {
      const reason = fieldText(fields, 'FailReason');
      return { event: name, failedAtSeconds: fieldNumber(fields, 'FailTime'), reason };
    }
    case 'debug_demo':
      return { event: name, text: fieldText(fields, 'debug_str') };
    default:
      return null;
  }
}

function personalData(fields: XmlElement) {
  const revoked = fieldText(fields, 'RevokeInfo').match(/\d+/g) ?? [];
  return {
    person: openidOrNull(fieldText(fields, 'OpenID').trim()),
    appId: fieldTextOrNull(fields, 'AppID'),
    unionId: fieldTextOrNull(fields, 'UnionID'),
    revoked: [...revoked],
  };
}

function openidOrNull(value: string): Openid | null {
  try {
    return openid(value);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
