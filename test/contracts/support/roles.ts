import { AbiCoder, Interface, type JsonFragment, type ParamType } from "ethers";
import { CONTRACT_NAMES, type ContractName } from "../../../services/chain/deployment.ts";
import { ethers, provider } from "./chain.ts";
import { account, type Septet } from "./septet.ts";

/** Errors that say "not you". */
const REFUSALS = /Unauthorized|OnlyExecutor/;

/** Standard callbacks of token receivers. */
const CALLBACKS = /^on(ERC721|ERC1155|ERC1155Batch)Received$/;

/** ValidatorManager and OperatorSets run their code on their own storage; called directly they know nothing. */
const PARTS: ContractName[] = ["KeyCeremonies", "ValidatorEndings", "SeatHandovers"];

/** A function that changes state, and the only ones who may call it; undefined: anyone. */
export interface Role {
  contract: ContractName;
  signature: string;
  callers: string[] | undefined;
}

/**
 * Finds out on a deployment who may call what: each function is called by a stranger with made-up arguments, and if that is
 * refused because of who he is, by every contract and role holder in turn.
 */
export async function findRoles(septet: Septet, guardian: string): Promise<Role[]> {
  const { contracts, abis } = septet.deployment;
  const errors = new Interface(
    Object.values(abis)
      .flat()
      .filter(({ type }) => type === "error"),
  );
  const stranger = account(septet, 18).address;
  const candidates = new Map<string, string>([
    ...CONTRACT_NAMES.map((name): [string, string] => [name, contracts[name]]),
    ["governance", septet.governance.address],
    ["guardian", guardian],
    ["operator's owner", account(septet, 1).address],
  ]);
  const isRefused = async (from: string, to: string, data: string) => {
    const selector = await revertData(from, to, data);
    return REFUSALS.test(errors.getError(selector.slice(0, 10))?.name ?? "");
  };
  const roles: Role[] = [];
  for (const contract of CONTRACT_NAMES) {
    const to = contracts[contract];
    if (PARTS.includes(contract) || (await isLibrary(to))) continue;
    for (const fragment of stateChanging(abis[contract])) {
      const data = fragment.selector + made(fragment.inputs, stranger).slice(2);
      const signature = fragment.format("sighash");
      let callers: string[] | undefined;
      if (await isRefused(stranger, to, data)) {
        callers = [];
        for (const [name, from] of candidates) {
          if (!(await isRefused(from, to, data))) callers.push(name);
        }
      }
      roles.push({ contract, signature, callers });
    }
  }
  return roles;
}

/** A library's code begins with its own address: it works for its callers and holds nothing. */
async function isLibrary(address: string): Promise<boolean> {
  const code = await ethers.provider.getCode(address);
  return code.startsWith(`0x73${address.slice(2).toLowerCase()}`);
}

function stateChanging(abi: JsonFragment[]) {
  const functions = new Interface(abi).fragments.filter((fragment) => fragment.type === "function");
  return new Interface(functions).fragments
    .map((fragment) => new Interface([fragment]).getFunction(fragment.format("sighash").split("(")[0] ?? ""))
    .filter((fragment) => fragment !== null)
    .filter(({ constant, name }) => !constant && !CALLBACKS.test(name));
}

/** What the call reverts with, "0x" when it does not or says nothing. */
async function revertData(from: string, to: string, data: string): Promise<string> {
  try {
    await provider.request({ method: "eth_call", params: [{ from, to, data }, "latest"] });
    return "0x";
  } catch (error) {
    const { data: returned } = error as { data?: string | { data?: string } };
    return (typeof returned === "string" ? returned : returned?.data) ?? "0x";
  }
}

/** Arguments that decode: ones, the stranger's address, empty lists. */
function made(inputs: readonly ParamType[], address: string): string {
  return AbiCoder.defaultAbiCoder().encode(
    inputs,
    inputs.map((input) => madeUp(input, address)),
  );
}

function madeUp(type: ParamType, address: string): unknown {
  if (type.isArray()) {
    return Array.from({ length: Math.max(type.arrayLength ?? 0, 0) }, () => madeUp(type.arrayChildren, address));
  }
  if (type.isTuple()) return type.components.map((component) => madeUp(component, address));
  if (type.type === "address") return address;
  if (type.type === "bool") return true;
  if (type.type === "string") return "";
  if (type.type === "bytes") return "0x";
  const bytes = /^bytes(\d+)$/.exec(type.type)?.[1];
  return bytes === undefined ? 1 : `0x${"01".repeat(Number(bytes))}`;
}
