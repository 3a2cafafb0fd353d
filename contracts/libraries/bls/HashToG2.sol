// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FpLib} from "./Fp.sol";

/// @title Hash of a 32-byte message to G2
/// @notice RFC 9380 suite BLS12381G2_XMD:SHA-256_SSWU_RO_ with Ethereum's domain separation tag.
/// @dev Written with plain memory, *because* a key's deposit needs one hash and copies would cost a tenth of it again.
library HashToG2 {
    // The tag (43 bytes) and its own length (DST_prime of the RFC), 32 and 12 bytes.
    bytes32 private constant DST_HEAD = "BLS_SIG_BLS12381G2_XMD:SHA-256_S";
    bytes32 private constant DST_TAIL = "SWU_RO_POP_\x2b";

    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    uint160 private constant MODEXP = 0x05;
    uint160 private constant G2_ADD = 0x0d;
    uint160 private constant MAP_FP2_TO_G2 = 0x11;

    /// @dev Writes the 256 bytes of the hash to `target`, which the caller has allocated.
    ///
    /// The precompile clears the cofactor of each mapped point; that equals clearing it once after the addition.
    function write(bytes32 message, uint256 target) internal view {
        uint256 work;
        assembly ("memory-safe") {
            work := mload(0x40)
            mstore(0x40, add(work, 768))
        }
        _expand(message, work);
        if (!_reduce(work)) revert FpLib.PrecompileFailed(address(MODEXP));
        if (!_map(work)) revert FpLib.PrecompileFailed(address(MAP_FP2_TO_G2));
        bool success;
        assembly ("memory-safe") {
            success := staticcall(gas(), G2_ADD, work, 512, target, 256)
            success := and(success, eq(returndatasize(), 256))
        }
        if (!success) revert FpLib.PrecompileFailed(address(G2_ADD));
    }

    /// @dev expand_message_xmd (RFC 9380 §5.3.1) to 256 bytes at `work`: two elements of Fp2, 64 bytes per coordinate.
    function _expand(bytes32 message, uint256 work) private view {
        assembly ("memory-safe") {
            let block_ := add(work, 256)
            // b0 = H(64 zero bytes ‖ message ‖ 256 in two bytes ‖ 0 ‖ DST_prime)
            mstore(block_, 0)
            mstore(add(block_, 32), 0)
            mstore(add(block_, 64), message)
            mstore(add(block_, 96), shl(232, 0x010000))
            mstore(add(block_, 99), DST_HEAD)
            mstore(add(block_, 131), DST_TAIL)
            pop(staticcall(gas(), 2, block_, 143, 0, 32))
            let first := mload(0)

            // bᵢ = H((b0 ⊕ bᵢ₋₁) ‖ i ‖ DST_prime)
            mstore(add(block_, 33), DST_HEAD)
            mstore(add(block_, 65), DST_TAIL)
            let previous := 0
            for {
                let i := 1
            } lt(i, 9) {
                i := add(i, 1)
            } {
                mstore(block_, xor(first, previous))
                mstore8(add(block_, 32), i)
                let uniform := add(work, shl(5, sub(i, 1)))
                pop(staticcall(gas(), 2, block_, 77, uniform, 32))
                previous := mload(uniform)
            }
        }
    }

    /// @dev Reduces four times 64 uniform bytes at `work` modulo p into `work` + 512.
    function _reduce(uint256 work) private view returns (bool success) {
        assembly ("memory-safe") {
            let input := add(work, 256)
            mstore(input, 64)
            mstore(add(input, 32), 1)
            mstore(add(input, 64), 64)
            mstore8(add(input, 160), 1)
            mstore(add(input, 161), P_HIGH)
            mstore(add(input, 193), P_LOW)
            success := 1
            for {
                let offset := 0
            } lt(offset, 256) {
                offset := add(offset, 64)
            } {
                mcopy(add(input, 96), add(work, offset), 64)
                success := and(success, staticcall(gas(), MODEXP, input, 225, add(add(work, 512), offset), 64))
            }
        }
    }

    /// @dev Maps the two elements of Fp2 at `work` + 512 to the points at `work` and `work` + 256.
    function _map(uint256 work) private view returns (bool success) {
        assembly ("memory-safe") {
            success := staticcall(gas(), MAP_FP2_TO_G2, add(work, 512), 128, work, 256)
            success := and(success, staticcall(gas(), MAP_FP2_TO_G2, add(work, 640), 128, add(work, 256), 256))
            success := and(success, eq(returndatasize(), 256))
        }
    }
}
