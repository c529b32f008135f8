import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

let firstPage = true;

/**
 * A screen's heading. When the screen changes, the focus and the window's title come along, so that keyboards
 * and screen readers are where the eyes are; the first page of a visit leaves the focus alone.
 */
export function PageHeading({ text, unseen = false }: { text: string; unseen?: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // At once: a person who is faster than the first picture still takes the focus along.
  useLayoutEffect(() => {
    if (firstPage) firstPage = false;
    else heading.current?.focus();
  }, []);
  useEffect(() => {
    document.title = `${text} · Vigie`;
  }, [text]);
  return (
    <h1 ref={heading} class={unseen ? 'unseen' : 'page__title'} tabIndex={-1}>
      {text}
    </h1>
  );
}
