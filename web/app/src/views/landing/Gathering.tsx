/** The picture on the start page: a small meeting, drawn. Says nothing that the words do not. */
const PEOPLE = [
  { hue: 168, speaking: true },
  { hue: 62, speaking: false },
  { hue: 262, speaking: false },
  { hue: 24, speaking: false },
] as const;

export function Gathering() {
  return (
    <div class="gathering" aria-hidden="true">
      {PEOPLE.map(({ hue, speaking }) => (
        <div key={hue} class="gathering-tile" data-speaking={speaking} style={{ "--hue": hue }}>
          <svg viewBox="0 0 120 90" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
            <circle cx="60" cy="42" r="17" />
            <path d="M22 96c2-22 18-32 38-32s36 10 38 32z" />
          </svg>
        </div>
      ))}
    </div>
  );
}
