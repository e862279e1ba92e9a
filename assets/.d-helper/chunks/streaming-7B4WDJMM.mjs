import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  Stream,
  _iterSSEMessages
} from "./chunk-GRMT6VUC.mjs";
import "./chunk-A565XNO5.mjs";
export {
  Stream,
  _iterSSEMessages
};
