/** WeChat's own samples of message encryption (demo archive and encryption page), checked by hand with openssl. */
export const envelopes = [
  {
    source: 'https://developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.html, debug_demo push',
    token: 'AAAAA',
    encodingAesKey: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    appId: 'wxba5fad812f8e6fb9',
    timestamp: '1714112445',
    nonce: '415670741',
    messageSignature: '046e02f8204d34f8ba5fa3b1db94908f3df2e9b3',
    luck: 'a8eedb185eb2fecf',
    encrypted:
      '+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=',
    text: '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}',
  },
  {
    source: 'official Python sample of the crypto demo archive; its key has spare bits set in the last character',
    token: 'spamtest',
    encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
    appId: 'wx2c2769f8efd9abc2',
    timestamp: '1409735669',
    nonce: '1320562132',
    messageSignature: '5d197aaffba7e9b25a30732f161a50dee96bd5fa',
    luck: '89465c840c5f116f',
    encrypted:
      'hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE=',
    text: '<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName>\n<FromUserName><![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]></FromUserName>\n<CreateTime>1409735668</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[abcdteT]]></Content>\n<MsgId>6054768590064713728</MsgId>\n</xml>',
  },
] as const;

/** The URL check on the official message push page. */
export const urlCheck = {
  token: 'AAAAA',
  timestamp: '1714036504',
  nonce: '1514711492',
  signature: 'f464b24fc39322e44b38aa78f5edd27bd1441696',
} as const;

export const payKey = '192006250b4c09247ec02edce69f6a2d';

/** Version 2 signatures: the official signature page, and a published SDK's test of sendredpack. */
export const paySigns = [
  {
    source: 'https://pay.weixin.qq.com/doc/v2/merchant/4011985891',
    fields: {
      appid: 'wxd930ea5d5a258f4f',
      body: 'test',
      device_info: '1000',
      mch_id: '10000100',
      nonce_str: 'ibuaiVcKdpRxkhJA',
    },
    sign: '9A0A8659F005D6984697E2CA0A9CF3B7',
  },
  {
    source: 'github.com/shenghui0779/gochat, test of sendredpack; it signs sign_type, which the service does not know',
    fields: {
      wxappid: 'wx2421b1c4370ec43b',
      mch_id: '10000100',
      mch_billno: '0010010404201411170000046545',
      send_name: 'send_name',
      re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI',
      total_amount: '200',
      total_num: '1',
      wishing: '恭喜发财',
      client_ip: '127.0.0.1',
      act_name: '新年红包',
      remark: '新年红包',
      scene_id: 'PRODUCT_2',
      risk_info: 'posttime%3d123123412%26clientversion%3d234134%26mobile%3d122344545%26deviceid%3dIOS',
      nonce_str: '50780e0cca98c8c8e814883e5caa672e',
      sign_type: 'MD5',
    },
    sign: 'C9BB9D2CBE57D6E3A28BD220AFA2248D',
  },
] as const;
