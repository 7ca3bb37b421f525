import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an Official Account needs beside activities: followers, texts, menus, scenes, late replies, payees, erasures. */
export class OfficialAccount1795248000000 implements MigrationInterface {
  readonly name = 'OfficialAccount1795248000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [ACCOUNTS, FOLLOWERS, LOGINS, TEXTS, LATE_REPLIES, PAYEES, ERASURES]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table erasure, payee_link, late_reply, verification_file, scene_visit, scene_code, account_menu, keyword_reply,
        web_profile, follower;
      delete from oauth_login where snapshot;
      alter table oauth_login drop constraint oauth_login_settled_whole,
        add constraint oauth_login_settled_whole check ((openid is null) = (snapshot is null) and (openid is null or refusal is null));
      drop index payout_without_payee;
      alter table payout drop constraint payout_without_payee_rests, drop column payee_account_id;
      alter table account drop column original_id, drop column kind, drop column customer_messages,
        drop column token_endpoint, drop column welcome_text, drop column my_awards_keyword, drop column pays_through,
        drop column retention_days, drop column revision;
    `);
  }
}

const ACCOUNTS = `
alter table account
  add column original_id text,
  add column kind text not null default 'service',
  add column customer_messages boolean not null default true,
  add column token_endpoint text not null default 'stable',
  add column welcome_text text not null default '',
  add column my_awards_keyword text not null default '我的红包',
  add column pays_through text,
  add column retention_days integer,
  add column revision integer not null default 1,
  add constraint account_original_id_once unique (original_id),
  add constraint account_pays_through foreign key (pays_through) references account (id),
  add constraint account_kind_known check (kind in ('service', 'subscription')),
  add constraint account_token_endpoint_known check (token_endpoint in ('stable', 'token')),
  add constraint account_pays_through_another check (pays_through <> id),
  add constraint account_retention_bounded check (retention_days between 30 and 3650);`;

// A row per person who follows or followed: events arrive late, twice and out of order, so the times decide.
const FOLLOWERS = `
create table follower (
  account_id text not null,
  openid text not null,
  following boolean not null,
  first_followed_at timestamptz,
  followed_at timestamptz,
  left_at timestamptz,
  scene text,
  union_id text,
  seen_at timestamptz not null,
  constraint follower_pk primary key (account_id, openid)
);
create index follower_by_union_id on follower (account_id, union_id) where union_id is not null;
create table web_profile (
  account_id text not null,
  openid text not null,
  nickname text not null,
  picture_url text,
  seen_at timestamptz not null,
  constraint web_profile_pk primary key (account_id, openid)
);`;

// Whom WeChat made up for a snapshot page is nobody: that a code ended so is kept, the openid is not.
const LOGINS = `
alter table oauth_login
  drop constraint oauth_login_settled_whole,
  add constraint oauth_login_settled_whole check ((openid is null or snapshot is not null) and (snapshot is null or refusal is null));`;

const TEXTS = `
create table keyword_reply (
  account_id text not null,
  id text not null,
  words text[] not null,
  match text not null,
  reply text not null,
  activity_id text,
  enabled boolean not null default true,
  position integer not null,
  revision integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint keyword_reply_pk primary key (account_id, id),
  constraint keyword_reply_account foreign key (account_id) references account (id),
  constraint keyword_reply_activity foreign key (account_id, activity_id) references activity (account_id, id),
  constraint keyword_reply_match_known check (match in ('exact', 'contains')),
  constraint keyword_reply_has_words check (cardinality(words) between 1 and 50)
);
create table account_menu (
  account_id text not null,
  buttons jsonb not null,
  revision integer not null default 1,
  updated_at timestamptz not null,
  published_at timestamptz,
  constraint account_menu_pk primary key (account_id),
  constraint account_menu_account foreign key (account_id) references account (id)
);
create table scene_code (
  account_id text not null,
  scene text not null,
  name text not null,
  lasting boolean not null,
  ticket text not null,
  url text not null,
  expires_at timestamptz,
  reply text not null default '',
  activity_id text,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint scene_code_pk primary key (account_id, scene),
  constraint scene_code_account foreign key (account_id) references account (id),
  constraint scene_code_activity foreign key (account_id, activity_id) references activity (account_id, id),
  constraint scene_code_end_whole check (lasting = (expires_at is null))
);
create table scene_visit (
  account_id text not null,
  request_key text not null,
  scene text not null,
  openid text not null,
  followed boolean not null,
  visited_at timestamptz not null,
  constraint scene_visit_pk primary key (account_id, request_key)
);
create index scene_visit_by_scene on scene_visit (account_id, scene, visited_at);
create index scene_visit_by_person on scene_visit (account_id, openid);
create table verification_file (
  name text not null,
  content text not null,
  created_by text not null,
  created_at timestamptz not null,
  constraint verification_file_pk primary key (name)
);`;

// A reply that WeChat did not take in time. A draw's reply is stored with the draw as well; any other only here.
const LATE_REPLIES = `
create table late_reply (
  account_id text not null,
  request_key text not null,
  openid text not null,
  trigger text not null,
  asked_at timestamptz not null,
  reply text,
  state text not null default 'waiting',
  told_with text,
  reason text,
  due_at timestamptz,
  lease_until timestamptz,
  tries integer not null default 0,
  created_at timestamptz not null,
  told_at timestamptz,
  constraint late_reply_pk primary key (account_id, request_key),
  constraint late_reply_account foreign key (account_id) references account (id),
  constraint late_reply_trigger_known check (trigger in ('message', 'event')),
  constraint late_reply_state_known check (state in ('waiting', 'sending', 'sent', 'unclear', 'next-message', 'delivered', 'given-up')),
  constraint late_reply_told_whole check ((told_at is null) = (state in ('waiting', 'sending', 'next-message', 'given-up')))
);
create index late_reply_due on late_reply (due_at) where state in ('waiting', 'sending');
create index late_reply_by_person on late_reply (account_id, openid, asked_at);`;

// Openids are an account's own: whoever chats with an account that cannot pay is paid under another account's openid. Such a
// payout names the account that pays, and has an empty openid while nobody knows who the person is there.
const PAYEES = `
create table payee_link (
  account_id text not null,
  openid text not null,
  payee_account_id text not null,
  payee_openid text not null,
  linked_by text not null,
  linked_at timestamptz not null,
  constraint payee_link_pk primary key (account_id, openid, payee_account_id),
  constraint payee_link_account foreign key (account_id) references account (id),
  constraint payee_link_payee foreign key (payee_account_id) references account (id),
  constraint payee_link_way_known check (linked_by in ('link', 'union-id')),
  constraint payee_link_once_per_payee unique (account_id, payee_account_id, payee_openid)
);
alter table payout
  add column payee_account_id text,
  add constraint payout_without_payee_rests check (openid <> '' or (payee_account_id is not null and state = 'waiting' and due_at is null));
create index payout_without_payee on payout (account_id, award_id) where openid = '';`;

// The openid goes when its payouts have ended; what limits need stays under a keyed hash of it, the pseudonym.
const ERASURES = `
create table erasure (
  account_id text not null,
  pseudonym text not null,
  openid text,
  reason text not null,
  requested_by text not null,
  requested_at timestamptz not null,
  due_at timestamptz,
  finished_at timestamptz,
  constraint erasure_pk primary key (account_id, pseudonym),
  constraint erasure_account foreign key (account_id) references account (id),
  constraint erasure_reason_known check (reason in ('request', 'withdrawn', 'retention')),
  constraint erasure_open_whole check ((openid is null) = (finished_at is not null) and (due_at is null) = (finished_at is not null))
);
create index erasure_due on erasure (due_at) where finished_at is null;`;
