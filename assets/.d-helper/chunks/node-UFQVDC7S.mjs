import{createRequire as __createRequire}from"node:module";import{fileURLToPath as __toPath}from"node:url";const require=__createRequire(import.meta.url),__filename=__toPath(import.meta.url);
import {
  child_process,
  crypto,
  fs,
  os,
  path,
  stream,
  util
} from "./chunk-U5NH2CKA.mjs";
import "./chunk-YCZ6LXYG.mjs";
export {
  child_process,
  crypto,
  fs,
  os,
  path,
  stream,
  util
};
