export { decodeSpnego } from './decode.js';
export { encodeInit, encodeMechTypes, encodeResp } from './encode.js';
