// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HashToG2} from "./bls/HashToG2.sol";
import {Points} from "./bls/Points.sol";
import {SharePolynomial} from "./bls/SharePolynomial.sol";
import {SignatureBatch} from "./bls/SignatureBatch.sol";
import {DepositData} from "./DepositData.sol";
import {Gwei} from "./Units.sol";

/// @title BLS12381
/// @notice What the contracts ask of BLS12-381, by the precompiles of EIP-2537. Deployed once and linked. Points come
/// in EIP-2537 encoding; keys in G1, signatures in G2 (the consensus layer's "minimal public key size").
/// @dev A failing precompile burns the gas given to it: only the caller's own transaction pays for wrong points. Keys
/// of one call are tested together, which costs each a third less; an error does not tell which of them is wrong.
library BLS12381 {
    /// @param context Binds the test's randomness to chain and set.
    /// @param domain Of deposit signatures.
    struct DepositTerms {
        bytes32 context;
        bytes32 withdrawalCredentials;
        Gwei amount;
        bytes32 domain;
    }

    /// @param pubkey 48 bytes, compressed. @param signature 96 bytes, compressed. @param root Of the deposit data.
    struct DepositKey {
        bytes pubkey;
        bytes signature;
        bytes32 root;
    }

    /// @notice There are not as many signatures as keys.
    error WrongSignatureCount(uint256 count, uint256 expected);

    /// @notice Reverts unless each of `keys` passes `verifySharings` and each signature is its group key's of the
    /// deposit message of these terms.
    /// @param keys 8 × 128 bytes each. @param signatures 256 bytes each.
    function verifyDepositKeys(
        bytes[] calldata keys,
        bytes[] calldata signatures,
        DepositTerms calldata terms
    ) external view returns (DepositKey[] memory verified) {
        uint256 count = keys.length;
        if (signatures.length != count) revert WrongSignatureCount(signatures.length, count);
        _requireSharings(keys, terms.context);
        verified = new DepositKey[](count);
        bytes32[] memory messages = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            Points.requireG2(signatures[i]);
            DepositKey memory key = verified[i];
            key.pubkey = Points.compressG1(keys[i]);
            key.signature = Points.compressG2(signatures[i]);
            key.root = DepositData.root(key.pubkey, terms.withdrawalCredentials, terms.amount, key.signature);
            messages[i] = DepositData.signingRoot(key.pubkey, terms.withdrawalCredentials, terms.amount, terms.domain);
        }
        SignatureBatch.requireValid(keys, messages, signatures);
    }

    /// @notice Reverts unless the points of each key are a group key (= 720·P(0)·G₁) and the keys of the seven shares
    /// P(1)…P(7) of one polynomial P of degree ≤ 3, all in the subgroup, none infinity, no two share keys equal.
    /// @param keys 8 × 128 bytes each.
    /// @return groupKeys 48 bytes each, compressed.
    function verifySharings(bytes[] calldata keys, bytes32 context) external view returns (bytes[] memory groupKeys) {
        _requireSharings(keys, context);
        groupKeys = new bytes[](keys.length);
        for (uint256 i = 0; i < keys.length; i++) {
            groupKeys[i] = Points.compressG1(keys[i]);
        }
    }

    /// @notice Reverts unless each signature is that of the message by the public key: e(pk, H(m)) = e(G₁, σ).
    /// @param publicKeys 128 bytes each. @param messages 32-byte signing roots. @param signatures 256 bytes each.
    function verifySignatures(
        bytes[] calldata publicKeys,
        bytes32[] calldata messages,
        bytes[] calldata signatures
    ) external view {
        uint256 count = publicKeys.length;
        if (signatures.length != count || messages.length != count)
            revert WrongSignatureCount(signatures.length, count);
        for (uint256 i = 0; i < count; i++) {
            _requireLength(publicKeys[i], Points.G1_LENGTH);
            Points.requireG1(publicKeys[i], 0);
            Points.requireG2(signatures[i]);
        }
        SignatureBatch.requireValid(publicKeys, messages, signatures);
    }

    /// @notice Compresses a G1 point to 48 bytes; neither curve nor subgroup is checked.
    function compressG1(bytes calldata point) external pure returns (bytes memory) {
        _requireLength(point, Points.G1_LENGTH);
        Points.requireG1(point, 0);
        return Points.compressG1(point);
    }

    /// @notice Compresses a G2 point to 96 bytes; neither curve nor subgroup is checked.
    function compressG2(bytes calldata point) external pure returns (bytes memory) {
        Points.requireG2(point);
        return Points.compressG2(point);
    }

    /// @notice Hash of a signing root to G2, 256 bytes.
    function hashToG2(bytes32 message) external view returns (bytes memory hash) {
        hash = new bytes(Points.G2_LENGTH);
        uint256 target;
        assembly ("memory-safe") {
            target := add(hash, 32)
        }
        HashToG2.write(message, target);
    }

    function _requireSharings(bytes[] calldata keys, bytes32 context) private view {
        for (uint256 i = 0; i < keys.length; i++) {
            _requireLength(keys[i], SharePolynomial.COLUMNS * Points.G1_LENGTH);
            for (uint256 column = 0; column < SharePolynomial.COLUMNS; column++) {
                Points.requireG1(keys[i], column);
            }
            SharePolynomial.requireDistinctShareKeys(keys[i]);
        }
        SharePolynomial.requireOnePolynomialEach(keys, context);
    }

    function _requireLength(bytes calldata points, uint256 expected) private pure {
        if (points.length != expected) revert Points.InvalidPointLength(points.length, expected);
    }
}
