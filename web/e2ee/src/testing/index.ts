/** For tests of what is built on this package: keys without a group, and a look into sealed frames. */
export { envelopeOf, metadataOf } from "../frames/envelope.ts";
export { OpeningKeys } from "../frames/opening_keys.ts";
export { fromPlaintext } from "../frames/plaintext.ts";
export { epochKeys, type TestEpoch } from "../frames/testing/group.ts";
export { type Delivered, DeliveryService } from "./delivery_service.ts";
export { examine, type Seen, type SpyReport } from "./sealed_look.ts";
