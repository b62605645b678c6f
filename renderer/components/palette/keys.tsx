/** Keys as they are printed on a keyboard. */
export function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <span className="flex gap-1">
      {keys.map((key) => (
        <kbd
          key={key}
          className="min-w-6 rounded-[6px] border border-line bg-surface px-1.5 py-0.5 text-center font-sans text-tiny text-soft"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
