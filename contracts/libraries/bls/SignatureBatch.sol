// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HashToG2} from "./HashToG2.sol";
import {Points} from "./Points.sol";

/// @title Many signatures, each of its own key and message, in one pairing
/// @notice e(G₁, Σ cᵢσᵢ) = Π e(cᵢ·pkᵢ, H(mᵢ)) with random cᵢ of 128 bits holds for a wrong signature in one case of
/// 2¹²⁷.
/// @dev All cᵢ come from one hash of all keys, messages and signatures. c₀ = 1 costs nothing: if only the first
/// signature is wrong, the sum is wrong; if another one is, its own cᵢ makes it so.
library SignatureBatch {
    /// @dev Of a pairing: a point of G1 and one of G2.
    uint256 private constant PAIR_LENGTH = 384;

    /// @dev Of a G2MSM: a point and its scalar.
    uint256 private constant TERM_LENGTH = 288;

    address private constant G1_MSM = address(0x0c);
    address private constant G2_MSM = address(0x0e);
    address private constant PAIRING = address(0x0f);

    // −G₁, EIP-2537 encoding.
    uint256 private constant NEGATED_X_HIGH = 0x17f1d3a73197d7942695638c4fa9ac0f;
    uint256 private constant NEGATED_X_LOW = 0xc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb;
    uint256 private constant NEGATED_Y_HIGH = 0x114d1d6855d545a8aa7d76c8cf2e21f2;
    uint256 private constant NEGATED_Y_LOW = 0x67816aef1db507c96655b9d5caac42364e6f38ba0ecb751bad54dcd6b939c2ca;

    /// @notice A signature is not its key's for its message, or one of them is not a point of its group.
    error InvalidSignature();

    /// @param keys Public key in the first 128 bytes of each. Keys and signatures passed the checks of Points.
    function requireValid(bytes[] calldata keys, bytes32[] memory messages, bytes[] calldata signatures) internal view {
        bytes32 seed = _seed(keys, messages, signatures);
        bytes memory pairs = new bytes((keys.length + 1) * PAIR_LENGTH);
        uint256 slot = _start(pairs);
        for (uint256 i = 0; i < keys.length; i++) {
            _writeKey(keys[i], _coefficient(seed, i), slot);
            HashToG2.write(messages[i], slot + Points.G1_LENGTH);
            slot += PAIR_LENGTH;
        }
        _writeSignatures(signatures, seed, slot);
        _requirePairing(pairs);
    }

    /// @dev −G₁ and Σ cᵢσᵢ. G2MSM checks curve and subgroup of each; a single signature is left to the pairing's check.
    function _writeSignatures(bytes[] calldata signatures, bytes32 seed, uint256 target) private view {
        assembly ("memory-safe") {
            mstore(target, NEGATED_X_HIGH)
            mstore(add(target, 32), NEGATED_X_LOW)
            mstore(add(target, 64), NEGATED_Y_HIGH)
            mstore(add(target, 96), NEGATED_Y_LOW)
        }
        target += Points.G1_LENGTH;
        if (signatures.length == 1) {
            _copy(signatures[0], Points.G2_LENGTH, target);
            return;
        }
        bytes memory terms = new bytes(signatures.length * TERM_LENGTH);
        uint256 slot = _start(terms);
        for (uint256 i = 0; i < signatures.length; i++) {
            _copy(signatures[i], Points.G2_LENGTH, slot);
            _store(slot + Points.G2_LENGTH, _coefficient(seed, i));
            slot += TERM_LENGTH;
        }
        if (!_call(G2_MSM, _start(terms), terms.length, target, Points.G2_LENGTH)) revert InvalidSignature();
    }

    function _writeKey(bytes calldata key, uint256 coefficient, uint256 target) private view {
        _copy(key, Points.G1_LENGTH, target);
        if (coefficient == 1) return;
        // The scalar lies where the hash comes next.
        _store(target + Points.G1_LENGTH, coefficient);
        bool success = _call(G1_MSM, target, Points.G1_LENGTH + 32, target, Points.G1_LENGTH);
        if (!success) revert InvalidSignature();
    }

    function _requirePairing(bytes memory pairs) private view {
        uint256 result = _start(pairs);
        bool success = _call(PAIRING, result, pairs.length, result, 32);
        uint256 valid;
        assembly ("memory-safe") {
            valid := mload(result)
        }
        if (!success || valid != 1) revert InvalidSignature();
    }

    /// @dev Keys are hashed with the signatures, *because* who knows the coefficients before could make errors cancel.
    function _seed(
        bytes[] calldata keys,
        bytes32[] memory messages,
        bytes[] calldata signatures
    ) private pure returns (bytes32 seed) {
        seed = keccak256(abi.encodePacked("Septet signature batch", keys.length));
        for (uint256 i = 0; i < keys.length; i++) {
            seed = keccak256(
                abi.encode(seed, keccak256(keys[i][:Points.G1_LENGTH]), messages[i], keccak256(signatures[i]))
            );
        }
    }

    function _coefficient(bytes32 seed, uint256 i) private pure returns (uint256) {
        return i == 0 ? 1 : (uint256(keccak256(abi.encode(seed, i))) >> 128) | 1;
    }

    function _call(
        address precompile,
        uint256 input,
        uint256 length,
        uint256 output,
        uint256 outputLength
    ) private view returns (bool success) {
        assembly ("memory-safe") {
            success := staticcall(gas(), precompile, input, length, output, outputLength)
            success := and(success, eq(returndatasize(), outputLength))
        }
    }

    function _copy(bytes calldata data, uint256 length, uint256 target) private pure {
        assembly ("memory-safe") {
            calldatacopy(target, data.offset, length)
        }
    }

    function _store(uint256 target, uint256 value) private pure {
        assembly ("memory-safe") {
            mstore(target, value)
        }
    }

    function _start(bytes memory data) private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(data, 32)
        }
    }
}
