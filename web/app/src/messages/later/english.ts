/**
 * English texts of what is fetched when it is first shown. Whoever uses them imports this module, so
 * that they are there before the first of them is read. Other languages have all of theirs in one file.
 */
import { addEnglish } from "../messages.ts";
import later from "./en.json";

addEnglish(later);
