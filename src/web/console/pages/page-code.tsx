import { Button, Modal, QRCode } from 'antd';
import { useRef, useState } from 'react';
import { useWords } from '../state/language.tsx';

/** The code that opens an activity's page, to scan and to print. */
export function PageCode({ url, name }: { url: string; name: string }) {
  const { pageCode: words } = useWords();
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const download = (): void => {
    const code = place.current?.querySelector('svg');
    if (code === null || code === undefined) return;
    const text = new XMLSerializer().serializeToString(code);
    const address = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = `${name}.svg`;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {words.show}
      </Button>
      <Modal open={open} title={words.title} footer={null} onCancel={() => setOpen(false)} width={420}>
        <div className="stack page-code" ref={place}>
          <QRCode type="svg" value={url} size={260} aria-label={words.title} />
          <p className="quiet">{words.text}</p>
          <code>{url}</code>
          <Button onClick={download}>{words.download}</Button>
        </div>
      </Modal>
    </>
  );
}
