import type { DoctorAnswer } from '../../../http/contract/console-doctor.ts';
import type { FundFlowAnswer, MerchantDaysAnswer } from '../../../http/contract/console-finance.ts';
import type { IssueAnswer, IssueLinesAnswer, IssuesAnswer } from '../../../http/contract/console-issues.ts';
import type { Period } from './numbers-api.ts';

/** Which batch of which account. */
export interface IssuePlace {
  readonly account: string;
  readonly id: string;
}

/** What a batch is made of, before its file. */
export interface NewIssue {
  readonly name: string;
  readonly packet: { readonly wishing: string; readonly activityName: string; readonly remark: string };
  readonly defaultAmountFen: number | null;
  readonly linesPerMinute: number;
}

/** The part of the API for packets by file, the set-up check and the accounts' office. Every method throws ApiProblem. */
export interface MoneyApi {
  readonly doctor: () => Promise<DoctorAnswer>;
  readonly merchantDays: (period: Period) => Promise<MerchantDaysAnswer>;
  readonly fundFlow: (merchant: string, day: string, bill: Blob) => Promise<FundFlowAnswer>;
  /** Where the file of people and months is downloaded from. */
  readonly peopleUrl: (wanted: Readonly<Record<string, string>>) => string;
  readonly issues: (account: string, after: string | null) => Promise<IssuesAnswer>;
  readonly issue: (place: IssuePlace) => Promise<IssueAnswer>;
  readonly faultyLines: (place: IssuePlace) => Promise<IssueLinesAnswer>;
  readonly createIssue: (account: string, wish: NewIssue) => Promise<IssueAnswer>;
  readonly readIssueFile: (place: IssuePlace, file: File) => Promise<IssueAnswer>;
  readonly confirmIssue: (place: IssuePlace, seen: { people: number; amountFen: number }) => Promise<IssueAnswer>;
  readonly decideIssue: (place: IssuePlace, approve: boolean) => Promise<IssueAnswer>;
  readonly turnIssue: (place: IssuePlace, to: 'pause' | 'resume' | 'cancel') => Promise<IssueAnswer>;
  readonly issueFileUrl: (place: IssuePlace, file: 'faults' | 'report') => string;
}

/** Builds it over what asks. */
export function moneyApi(ask: <Result>(method: string, path: string, body?: unknown) => Promise<Result>): MoneyApi {
  const query = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();
  const at = ({ account, id }: IssuePlace): string => `/accounts/${account}/issues/${id}`;
  return {
    doctor: () => ask('GET', '/doctor'),
    merchantDays: (period) => ask('GET', `/finance/merchant-days?${query({ ...period })}`),
    fundFlow: (merchant, day, bill) => ask('POST', `/finance/merchants/${merchant}/fund-flow?${query({ day })}`, bill),
    peopleUrl: (wanted) => `/api/console/finance/people?${query(wanted)}`,
    issues: (account, after) =>
      ask('GET', `/accounts/${account}/issues${after === null ? '' : `?${query({ after })}`}`),
    issue: (place) => ask('GET', at(place)),
    faultyLines: (place) => ask('GET', `${at(place)}/lines?${query({ only: 'faulty', limit: '20' })}`),
    createIssue: (account, wish) => ask('POST', `/accounts/${account}/issues`, wish),
    readIssueFile: (place, file) => ask('POST', `${at(place)}/file?${query({ name: file.name })}`, file),
    confirmIssue: (place, seen) => ask('POST', `${at(place)}/confirm`, seen),
    decideIssue: (place, approve) => ask('POST', `${at(place)}/decide`, { approve }),
    turnIssue: (place, to) => ask('POST', `${at(place)}/turn`, { to }),
    issueFileUrl: (place, file) => `/api/console${at(place)}/${file}.csv`,
  };
}
