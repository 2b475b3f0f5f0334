import type { AuthenticationService } from "ts-mls/authenticationService.js";
import { createGroupInfoWithExternalPub, joinGroupExternal } from "ts-mls/createCommit.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { processPublicMessage } from "ts-mls/processMessages.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import { expect, it, vi } from "vitest";
import { TestGroup, type TestRoom } from "../testing/people.ts";
import { Refused } from "./group_crypto.ts";
import type { NewcomerKeys } from "./join_group.ts";
import { RoomLink } from "./link_secrets.ts";
import type { MlsGroup } from "./mls_group.ts";

// Real cryptography, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/**
 * A commit from outside (RFC 9420 §12.4.3.2) by somebody who has the group's signed GroupInfo: a member
 * who works for the server gave it away. No check of ours is in the way of making it.
 */
async function externalCommit(group: MlsGroup, room: TestRoom, who: NewcomerKeys) {
  const insider = group.stateForTests();
  const info = await createGroupInfoWithExternalPub(insider, [], room.suite);
  const authService = { validateCredential: async () => true };
  const config = { ...insider.clientConfig, authService };
  const { keyPackage, privateKeys } = who;
  const tree = insider.ratchetTree;
  return joinGroupExternal(info, keyPackage, privateKeys, false, room.suite, tree, config);
}

it("a ghost that commits from outside gets into nobody's group", async () => {
  const group = await TestGroup.of(3, "external ghost");
  const { room } = group;
  const ghost = await room.newcomer(room.admissionBy(new RoomLink(new Uint8Array(32))));
  const { publicMessage, newState } = await externalCommit(group.at(1), room, ghost);
  const message = encodeMlsMessage({
    ...{ version: "mls10", wireformat: "mls_public_message" },
    publicMessage,
  });
  for (const member of group.states) {
    const before = member?.epochAuthenticator;
    await expect(member?.process(message)).rejects.toThrow("not from a member");
    expect(member?.members()).toHaveLength(3);
    expect(member?.epochAuthenticator).toEqual(before);
    // Alone in an epoch that nobody else is in.
    expect(newState.keySchedule.epochAuthenticator).not.toEqual(before);
  }
  // Nor would the library take it: its hook asks for the proof.
  const { admission } = room.setup;
  const validateCredential: AuthenticationService["validateCredential"] = async (credential, key) =>
    credential.credentialType === "basic" &&
    admission.verify(credential.identity, key, { retired: [] });
  const state = group.at(0).stateForTests();
  const checked = {
    ...state,
    clientConfig: { ...state.clientConfig, authService: { validateCredential } },
  };
  await expect(
    processPublicMessage(checked, publicMessage, emptyPskIndex, room.suite),
  ).rejects.toThrow("credential");
});

it("somebody with the link, too, comes in by a member's commit only", async () => {
  const group = await TestGroup.of(2, "external guest");
  const { room } = group;
  const { publicMessage } = await externalCommit(group.at(0), room, await room.newcomer());
  const message = encodeMlsMessage({
    ...{ version: "mls10", wireformat: "mls_public_message" },
    publicMessage,
  });
  await expect(group.at(0).process(message)).rejects.toThrow(Refused);
  await expect(group.at(1).process(message)).rejects.toThrow("not from a member");
  // The library would: so it is this project's rule that holds.
  const taken = await processPublicMessage(
    group.at(1).stateForTests(),
    publicMessage,
    emptyPskIndex,
    room.suite,
  );
  expect(taken.actionTaken).toBe("accept");
});
