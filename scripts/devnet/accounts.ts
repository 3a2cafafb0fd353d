import { HDNodeWallet } from "ethers";

/** Publicly known, as every development mnemonic: its accounts hold nothing outside of this chain. */
const DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk";

export interface DevAccount {
  address: string;
  /** 0x-prefixed secp256k1 key; no secret, see {@link DEVELOPMENT_MNEMONIC}. */
  privateKey: string;
}

/** The first `count` accounts of the development mnemonic at m/44'/60'/0'/0 (BIP-44). */
export function developmentAccounts(count: number): DevAccount[] {
  const parent = HDNodeWallet.fromPhrase(DEVELOPMENT_MNEMONIC, "", "m/44'/60'/0'/0");
  return Array.from({ length: count }, (_, index) => {
    const { address, privateKey } = parent.deriveChild(index);
    return { address, privateKey };
  });
}
