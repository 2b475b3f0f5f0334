import "@preact/signals";
import { startApp } from "./start.tsx";

startApp(() => import("./call.tsx"));
