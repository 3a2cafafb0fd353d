import { ByteVectorType, ContainerType, UintBigintType } from "@chainsafe/ssz";
import type { CeremonyContext } from "./context.ts";

// Containers and domain of the consensus specs, which are the same in every preset and fork.
const Bytes4 = new ByteVectorType(4);
const Bytes32 = new ByteVectorType(32);
const DepositMessage = new ContainerType({
  pubkey: new ByteVectorType(48),
  withdrawalCredentials: Bytes32,
  amount: new UintBigintType(8),
});
const ForkData = new ContainerType({ currentVersion: Bytes4, genesisValidatorsRoot: Bytes32 });
const SigningData = new ContainerType({ objectRoot: Bytes32, domain: Bytes32 });
const DOMAIN_DEPOSIT = Uint8Array.of(3, 0, 0, 0);

/**
 * Signing root of the deposit message of a key (48 bytes): consensus-specs `compute_signing_root` under DOMAIN_DEPOSIT,
 * which is computed with the genesis fork version and a zero validators root.
 */
export function depositSigningRoot(
  {
    withdrawalCredentials,
    genesisForkVersion,
    amountGwei,
  }: Pick<CeremonyContext, "withdrawalCredentials" | "genesisForkVersion" | "amountGwei">,
  pubkey: Uint8Array,
): Uint8Array {
  const forkDataRoot = ForkData.hashTreeRoot({
    currentVersion: genesisForkVersion,
    genesisValidatorsRoot: new Uint8Array(32),
  });
  return SigningData.hashTreeRoot({
    objectRoot: DepositMessage.hashTreeRoot({ pubkey, withdrawalCredentials, amount: amountGwei }),
    domain: Buffer.concat([DOMAIN_DEPOSIT, forkDataRoot.subarray(0, 28)]),
  });
}
