import { App } from 'antd';
import { useCallback } from 'react';
import { useWords } from './language.tsx';
import { useUnsavedGuard } from './use-unsaved-guard.ts';

/** Returns what closes a dialog: with `unsaved` changes it asks first, as leaving the page does. */
export function useDialogGuard(unsaved: boolean, close: () => void): () => void {
  const words = useWords();
  const { modal } = App.useApp();
  useUnsavedGuard(unsaved);
  return useCallback(() => {
    if (!unsaved) return close();
    void modal.confirm({
      title: words.editor.leaveTitle,
      content: words.editor.leaveText,
      okText: words.editor.leave,
      cancelText: words.editor.stay,
      okButtonProps: { danger: true },
      autoFocusButton: 'cancel',
      onOk: close,
    });
  }, [unsaved, close, modal, words]);
}
