/** What the pages of lists of people say, in Chinese. */
export const listsZh = {
  lists: {
    nav: '名单',
    title: '名单',
    lead: '名单里的人可以在活动的「谁能参加」里用到：黑名单排除他们，白名单只让他们参加。',
    account: '公众号',
    empty: '还没有名单',
    emptyText: '给名单起个名字，加入第一批 openid，名单就建好了。之后在活动规则里填这个名字。',
    emptyReadOnly: '运营人员添加第一批 openid 后，名单会出现在这里。',
    create: '新建名单',
    all: '全部名单',
    columns: { list: '名单', people: '人数', openid: 'openid', by: '添加人', at: '添加时间', action: '' },
    name: '名单名称',
    nameHint: '1 到 32 个小写字母、数字或 -，比如 blacklist；规则里用同一个名称。',
    nameFault: '只能用 1 到 32 个小写字母、数字或 -。',
    add: '添加',
    addTitle: '添加到名单',
    openids: 'openid，每行一个',
    openidsHint: '一次最多 10,000 个；有一个写错，就一个都不添加。',
    openidsMissing: '请至少填一个 openid。',
    tooMany: '一次最多 10,000 个，更多请用文件导入。',
    file: '从文件导入',
    fileHint: 'txt 或 csv（UTF-8），每行一个 openid，或有一列叫 openid；最多 100,000 人、8 MB。',
    faults: (count: number) => `有 ${count} 处不对，什么都没有改动：`,
    place: (path: string) => {
      const number = Number(path.split('.')[1]);
      return path.startsWith('openids.') ? `第 ${number + 1} 个` : `第 ${number} 行`;
    },
    added: (named: number, changed: number) => `${named} 人中新添加了 ${changed} 人`,
    remove: '移出',
    removeTitle: '把这个人移出名单？',
    removeText: '移出后，用到这个名单的规则马上不再算上他。可以随时再添加。',
    removed: '已移出名单',
    erased: '已删除的人',
    noneHere: '名单里还没有人',
    noneHereText: '添加 openid，或从文件导入。名单空了就不再列出。',
  },
};

export type ListsWords = typeof listsZh;
