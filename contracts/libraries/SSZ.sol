// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SSZ hash tree roots of what Septet reads and signs
/// @notice Consensus-specs ssz/simple-serialize.md; hashes are SHA-256.
library SSZ {
    error InvalidPubkeyLength(uint256 length);
    error InvalidSignatureLength(uint256 length);

    /// @dev Parent of two nodes. Uses the scratch space only.
    function hash(bytes32 left, bytes32 right) internal view returns (bytes32 result) {
        assembly ("memory-safe") {
            mstore(0x00, left)
            mstore(0x20, right)
            // The SHA-256 precompile fails for want of gas alone; then nothing after it may run either.
            if iszero(staticcall(gas(), 0x02, 0x00, 0x40, 0x00, 0x20)) {
                revert(0, 0)
            }
            result := mload(0x00)
        }
    }

    /// @dev Root of a container of five to eight fields, from the fields' roots, zero where it has none. Overwrites
    /// them.
    function rootOfEight(bytes32[8] memory fields) internal view returns (bytes32 root) {
        assembly ("memory-safe") {
            let success := 1
            // Each level takes half of the room of the one below.
            for {
                let size := 0x100
            } gt(size, 0x20) {
                size := shr(1, size)
            } {
                for {
                    let offset := 0
                } lt(offset, size) {
                    offset := add(offset, 0x40)
                } {
                    success := and(
                        success,
                        staticcall(gas(), 0x02, add(fields, offset), 0x40, add(fields, shr(1, offset)), 0x20)
                    )
                }
            }
            if iszero(success) {
                revert(0, 0)
            }
            root := mload(fields)
        }
    }

    /// @dev Chunk of a uint64: little-endian, zero-padded on the right.
    function toChunk(uint64 value) internal pure returns (bytes32) {
        value = ((value & 0xff00ff00ff00ff00) >> 8) | ((value & 0x00ff00ff00ff00ff) << 8);
        value = ((value & 0xffff0000ffff0000) >> 16) | ((value & 0x0000ffff0000ffff) << 16);
        return bytes32(uint256((value >> 32) | (value << 32)) << 192);
    }

    function toChunk(bool value) internal pure returns (bytes32) {
        return value ? bytes32(uint256(1) << 248) : bytes32(0);
    }

    /// @dev Root of a 48-byte BLS public key.
    function pubkeyRoot(bytes memory pubkey) internal pure returns (bytes32) {
        if (pubkey.length != 48) revert InvalidPubkeyLength(pubkey.length);
        return sha256(bytes.concat(pubkey, bytes16(0)));
    }

    /// @dev Root of a 96-byte BLS signature.
    function signatureRoot(bytes memory signature) internal view returns (bytes32) {
        if (signature.length != 96) revert InvalidSignatureLength(signature.length);
        (bytes32 a, bytes32 b, bytes32 c) = abi.decode(signature, (bytes32, bytes32, bytes32));
        return hash(hash(a, b), hash(c, bytes32(0)));
    }
}
