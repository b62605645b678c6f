/** Text of others, as it is. What scrolls is reached by keyboard. */
export function Excerpt({ label, text }: { label: string; text: string }) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      aria-label={label}
      className="max-h-56 overflow-auto rounded-control bg-well p-2"
    >
      <pre className="font-mono text-tiny break-all whitespace-pre-wrap">{text}</pre>
    </section>
  );
}
