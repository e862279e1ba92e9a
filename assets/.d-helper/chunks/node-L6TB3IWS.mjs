import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  child_process,
  crypto,
  fs,
  os,
  path,
  stream,
  util
} from "./chunk-IIYHJFL3.mjs";
import "./chunk-A565XNO5.mjs";
export {
  child_process,
  crypto,
  fs,
  os,
  path,
  stream,
  util
};
