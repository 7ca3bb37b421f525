/** Where pages load WeChat's script from: https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html */
export const jsSdkPath = '/open/js/jweixin-1.6.0.js';

/**
 * Stands in for WeChat's script: a page that hands every field to `wx.config` becomes ready, any other hears of an error,
 * and interfaces that were not asked for refuse. What it was told is kept in `wxTold` for whoever watches the page. A
 * phone lays its confirmation over the page; here the page goes to it and comes back.
 */
export const jsSdkScript = `(() => {
  const told = (window.wxTold = []);
  const origin = new URL(document.currentScript.src).origin;
  let state = 'new';
  let asked = [];
  const waiting = { ready: [], error: [] };
  const later = (work) => setTimeout(work, 0);
  const call = (name) => (data) => {
    told.push({ name, data: JSON.parse(JSON.stringify(data)) });
    const allowed = state === 'ready' && asked.includes(name);
    const heard = allowed ? data.success : data.fail;
    if (heard) later(() => heard({ errMsg: name + (allowed ? ':ok' : ':permission denied') }));
  };
  const confirmTransfer = ({ mchId, appId, package: packageInfo }) => {
    const query = { mch_id: mchId, appid: appId, package: packageInfo, back: location.href };
    location.assign(origin + '/connect/transfer?' + new URLSearchParams(query));
  };
  window.WeixinJSBridge = {
    invoke(name, data, heard) {
      told.push({ name, data });
      if (state === 'ready' && asked.includes(name) && name === 'requestMerchantTransfer') confirmTransfer(data);
      else later(() => heard({ err_msg: name + ':fail no permission' }));
    },
  };
  window.wx = window.jWeixin = {
    config(data) {
      told.push({ name: 'config', data, url: location.href.split('#')[0] });
      asked = data.jsApiList || [];
      const whole = data.appId && data.timestamp && data.nonceStr && /^[0-9a-f]{40}$/.test(data.signature || '');
      state = whole ? 'ready' : 'error';
      for (const work of waiting[state]) later(() => work({ errMsg: 'config:' + (whole ? 'ok' : 'invalid signature') }));
    },
    ready(work) {
      if (state === 'ready') later(work);
      else waiting.ready.push(work);
    },
    error(work) {
      if (state === 'error') later(() => work({ errMsg: 'config:invalid signature' }));
      else waiting.error.push(work);
    },
    updateAppMessageShareData: call('updateAppMessageShareData'),
    updateTimelineShareData: call('updateTimelineShareData'),
  };
})();
`;
