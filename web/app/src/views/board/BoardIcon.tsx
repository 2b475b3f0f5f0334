import { Drawing } from "../common/Icon.tsx";

/** As in common/Icon.tsx, of what only the board has. */
const PATHS = {
  select: ["M6 4l5 15 2.500-6 6-2.500z"],
  pen: ["M5 19l1-4L16 5a2 2 0 0 1 3 3L9 18z", "M14 7l3 3"],
  line: ["M5 19L19 5"],
  arrow: ["M5 19L19 5", "M11 5h8v8"],
  rectangle: ["M4 6.500h16v11H4z"],
  ellipse: [
    "M12 6.500c5 0 8.500 2.400 8.500 5.500s-3.500 5.500-8.500 5.500S3.500 15.100 3.500 12 7 6.500 12 6.500z",
  ],
  text: ["M5.500 7V5h13v2", "M12 5v14", "M9 19h6"],
  note: ["M5 5h14v9l-5 5H5z", "M14 19v-5h5"],
  image: [
    "M5 5h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z",
    "M4 16l4.500-4.500 4 4 2.500-2.500 5 5",
    "M15.500 8.500v.1",
  ],
  undo: ["M8.500 5L4 9.500 8.500 14", "M4.500 9.500H14a5 5 0 0 1 0 10h-3"],
  redo: ["M15.500 5L20 9.500 15.500 14", "M19.500 9.500H10a5 5 0 0 0 0 10h3"],
  zoomIn: ["M12 5v14", "M5 12h14"],
  zoomOut: ["M5 12h14"],
  list: [
    "M9 6.500h11",
    "M9 12h11",
    "M9 17.500h11",
    "M4.500 6.500v.1",
    "M4.500 12v.1",
    "M4.500 17.500v.1",
  ],
  up: ["M12 19V5", "M6 11l6-6 6 6"],
  down: ["M12 5v14", "M6 13l6 6 6-6"],
  left: ["M19 12H5", "M11 6l-6 6 6 6"],
  right: ["M5 12h14", "M13 6l6 6-6 6"],
  clear: ["M4 19.500h16", "M6 15l8-9.500 5.500 4.500-6 7.500H8.500z"],
} as const;

export type BoardIconName = keyof typeof PATHS;

export function BoardIcon({ name }: { name: BoardIconName }) {
  return <Drawing name={name} paths={PATHS[name]} />;
}
