declare module "*?checked" {
  const file: import("./checked.ts").CheckedFile;
  export default file;
}
