/** libdatachannel and werift, the stacks of npm, in one room. */
import { describePair } from "./lib/pair.ts";
import { endStacks, libdatachannelPeer, weriftPeer } from "./lib/peers.ts";

describePair([async () => libdatachannelPeer(), async () => weriftPeer()], endStacks);
