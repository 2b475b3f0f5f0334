import { expect, it } from "vitest";
import { played, randomSteps } from "./group_scenarios.ts";

/** Beside the server's own test, which plays the same. `vitest -u` writes it anew. */
const TABLE = "../../../../server/conference/testdata/group_scenarios.txt";

const HEAD = `# What a group's delivery service says to what. The server (conference/group_service_oracle_test.cc) and the double of it that the
# members' simulation has (web/e2ee/src/testing/delivery_service.ts) play this table, and both must say exactly this.
#
# "= name" begins with a new service. A step is "MS VERB [WHO [EPOCH] ...]", in a commit +added -removed !refused, "welcome" where it
# has one, and its size. Under it, indented: to whom, what; then @, and when the service wants to be called again.
# Written by the TypeScript test (vitest -u); the random ones come from seeds.`;

const SCENARIOS: Readonly<Record<string, readonly string[]>> = {
  "the first founds the group, the others wait": [
    "0 join 1 a",
    "10 join 2 b",
    "20 found 2",
    "30 found 1",
    "40 found 1",
    "40 deadline",
  ],
  "an invitation that nothing comes of goes to the next, in the order of their names": [
    "0 join 3 c",
    "5 join 2 b",
    "6 join 1 a",
    "5000 deadline",
    "10000 deadline",
    "10010 gone 1",
    "10020 gone 2",
    "10030 gone 3",
  ],
  "one by one, and nobody else may commit": [
    "0 join 1 a",
    "1 found 1",
    "2 volunteer 1 0",
    "3 join 2 b",
    "3 deadline",
    "10 commit 2 0 +b welcome",
    "20 commit 1 0 +b welcome",
    "21 commit 1 0 -b",
    "22 commit 2 1 -a",
    "30 fetch 1 0",
    "31 fetch 2 1",
    "32 fetch 2 2",
    "33 fetch 2 9",
  ],
  "epochs keep their distance, more so with more people": [
    "0 join 1 a",
    "1 found 1",
    "2 join 2 b",
    "3 commit 1 0 +b welcome",
    "4 join 3 c",
    "503 deadline",
    "510 commit 2 1 +c welcome",
    "520 join 4 d",
    "1010 deadline",
    "4010 deadline",
    "7010 deadline",
  ],
  "whose key package is bad hears it, and costs no epoch": [
    "0 join 1 a",
    "1 found 1",
    "2 join 2 b",
    "2 deadline",
    "3 refuse 2 !b",
    "4 refuse 1 !b !a",
    "5 join 2 b2",
    "5 deadline",
    "9 commit 1 0 !b2",
  ],
  "who leaves while being added has a leaf that is removed": [
    "0 join 1 a",
    "1 found 1",
    "2 join 2 b",
    "3 gone 2",
    "4 commit 1 0 +b welcome",
    "600 deadline",
    "610 volunteer 1 1",
    "620 commit 1 1 -b",
  ],
  "who joins anew leaves the old leaf behind": [
    "0 join 1 a",
    "1 found 1",
    "2 join 2 b",
    "3 commit 1 0 +b welcome",
    "700 join 2 b2",
    "700 deadline",
    "3700 deadline",
    "3710 commit 1 1 +b2 -b welcome",
    "3720 join 1 b2",
  ],
  "a commit that most reject never was": [
    "0 join 1 a",
    "1 found 1",
    "2 join 2 b",
    "3 join 3 c",
    "4 join 4 d",
    "5 commit 1 0 +b +c +d welcome",
    "600 join 5 e",
    "700 commit 2 1 +e welcome",
    "710 reject 1 1",
    "711 reject 5 1",
    "712 reject 3 0",
    "713 reject 3 1",
    "714 reject 4 1",
    "3800 deadline",
  ],
  "named twice is added once": [
    "0 join 1 a",
    "1 found 1",
    "2 join 2 b",
    "3 commit 1 0 +b +b +a -x -x welcome",
    "4 volunteer 2 1",
    "600 deadline",
  ],
  "large commits are not kept for long": [
    "0 join 1 a",
    "1 found 1",
    "2 join 2 b",
    "3 commit 1 0 +b welcome",
    "600 commit 1 1 bytes=700000",
    "1200 commit 1 2 bytes=700000",
    "1210 fetch 2 1",
    "1220 fetch 2 2",
  ],
  "a room that all have left begins again": [
    "0 join 1 a",
    "1 found 1",
    "2 join 2 b",
    "3 commit 1 0 +b welcome",
    "4 join 3 c",
    "10 gone 1",
    "11 gone 2",
    "12 found 3",
    "13 fetch 3 0",
  ],
  "a batch has a limit": [
    "0 join 1 a",
    "1 found 1",
    ...Array.from({ length: 252 }, (_, i) => `2 join ${i + 2} b${String(i).padStart(3, "0")}`),
    "3 volunteer 1 0",
    "3 deadline",
  ],
};

it("does what the table says that the server does", async () => {
  const random = Array.from({ length: 16 }, (_, i) => `seed ${i + 1}`);
  const all = [
    ...Object.entries(SCENARIOS),
    ...random.map((seed) => [seed, randomSteps(seed)] as const),
  ];
  const text = all.map(([name, steps]) => [`= ${name}`, ...played(steps)].join("\n"));
  await expect(`${[HEAD, ...text].join("\n")}\n`).toMatchFileSnapshot(TABLE);
});
