const { default: Sequencer } = require("@jest/test-sequencer");

/** Suites that wait for minutes, the longest first: begun last, they would keep the whole run waiting for them alone. */
const LONGEST = [
  "terraform/first-deploy",
  "oracle/checkov",
  "pipelines/tables",
  "terraform/against",
  "terraform/bootstrap",
  "terraform/streams-root",
  "pipelines/stream",
];

/** Without a cache of times, as on a fresh machine, jest begins with the largest file, which says nothing of how long it takes. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONGEST.findIndex((suite) => path.endsWith(`${suite}.test.ts`));
      return place === -1 ? LONGEST.length : place;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
