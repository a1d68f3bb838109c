import "cdktf/lib/testing/adapters/jest";
import { Testing } from "cdktf";

// cdktf takes a stack trace for every token, which jest's source maps make slow
jest.mock("cdktf/lib/tokens/private/stack-trace", () => ({ captureStackTrace: () => [] }));

Testing.setupJest();

// some tests start processes, and machines are noisy
jest.setTimeout(60_000);
