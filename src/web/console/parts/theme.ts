import type { ThemeConfig } from 'antd';

/** Deep red on warm paper; every text colour reaches 4.5:1 on the page's background. */
export const theme: ThemeConfig = {
  token: {
    colorPrimary: '#9e1b2c',
    colorLink: '#9e1b2c',
    colorLinkHover: '#7c1422',
    colorInfo: '#5b5149',
    colorSuccess: '#2c6e49',
    colorWarning: '#8a5a00',
    colorError: '#b3261e',
    colorSuccessBg: '#e8f2ec',
    colorSuccessBorder: '#bfdcca',
    colorWarningBg: '#fcf3e0',
    colorWarningBorder: '#ead3a0',
    colorErrorBg: '#fceceb',
    colorErrorBorder: '#efc6c2',
    colorInfoBg: '#f3eeea',
    colorInfoBorder: '#ddd3cb',
    colorTextBase: '#2b2320',
    colorTextSecondary: '#6a5d56',
    colorTextTertiary: '#6a5d56',
    colorTextQuaternary: '#756860',
    colorTextPlaceholder: '#756860',
    colorBgLayout: '#f7f4f1',
    colorBorder: '#cfc5bd',
    colorBorderSecondary: '#e7e0da',
    borderRadius: 8,
    borderRadiusSM: 6,
    fontFamily:
      'system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif',
    fontSize: 14,
    controlHeight: 36,
    boxShadow: '0 8px 24px rgb(60 30 20 / 12%)',
    motionDurationMid: '0.15s',
    motionDurationSlow: '0.2s',
  },
  components: {
    Tabs: { titleFontSize: 15, horizontalItemGutter: 28 },
    Button: { primaryShadow: 'none', defaultShadow: 'none', fontWeight: 500 },
    // A focused field must not look like a faulty one.
    Input: { hoverBorderColor: '#8f8078', activeBorderColor: '#5b5149', activeShadow: '0 0 0 2px rgb(91 81 73 / 14%)' },
    Select: { hoverBorderColor: '#8f8078', activeBorderColor: '#5b5149', activeOutlineColor: 'rgb(91 81 73 / 14%)' },
    Alert: { defaultPadding: '10px 16px', withDescriptionPadding: '14px 16px', withDescriptionIconSize: 20 },
    Tag: { defaultBg: '#f1ece8', defaultColor: '#5b5149' },
  },
};

/**
 * The same for those who asked for less motion: dialogs and drawers are there at once. A style sheet that makes every
 * animation short cannot do it: a dialog stands at another place for one frame, and a click falls beside it; a list to
 * choose from is measured when its animation is over already, and stays outside of the window.
 */
export const stillTheme: ThemeConfig = { ...theme, token: { ...theme.token, motion: false } };
