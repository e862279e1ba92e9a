import{createRequire as __createRequire}from"node:module";import{fileURLToPath as __toPath}from"node:url";const require=__createRequire(import.meta.url),__filename=__toPath(import.meta.url);
import {
  Stream,
  _iterSSEMessages
} from "./chunk-F7IT7XTF.mjs";
import "./chunk-YCZ6LXYG.mjs";
export {
  Stream,
  _iterSSEMessages
};
