/** The shared board: loaded with the first word about it, or when somebody here opens it. */
export { createBoard } from "../../state/board/board.ts";
export { BoardView } from "./BoardView.tsx";
