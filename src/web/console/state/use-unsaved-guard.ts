import { App } from 'antd';
import { useCallback } from 'react';
import { useWords } from './language.tsx';
import { useLeaveGuard } from './navigation.tsx';

/** Asks before the page is left with `unsaved` changes. */
export function useUnsavedGuard(unsaved: boolean): void {
  const words = useWords();
  const { modal } = App.useApp();
  const guard = useCallback(
    () =>
      new Promise<boolean>((resolve) => {
        void modal.confirm({
          title: words.editor.leaveTitle,
          content: words.editor.leaveText,
          okText: words.editor.leave,
          cancelText: words.editor.stay,
          okButtonProps: { danger: true },
          autoFocusButton: 'cancel',
          onOk: () => resolve(true),
          onCancel: () => resolve(false),
        });
      }),
    [modal, words],
  );
  useLeaveGuard(unsaved, guard);
}
