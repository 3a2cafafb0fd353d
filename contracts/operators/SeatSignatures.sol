// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IOperatorRegistry} from "../interfaces/IOperatorRegistry.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Seats} from "../libraries/Seats.sol";
import {SetTimeline} from "./SetTimeline.sol";

/// @title SeatSignatures
/// @dev What several seats sign with their node keys. Present keys only, *because* a stolen old key must not speak for a
/// seat; FaultCourt alone takes old ones.
abstract contract SeatSignatures is SetTimeline, EIP712 {
    using Seats for uint8;

    uint256 internal constant THRESHOLD = 4;

    IOperatorRegistry public immutable REGISTRY;

    constructor(Wiring memory w) EIP712("Septet", "1") {
        REGISTRY = IOperatorRegistry(w.registry);
    }

    /// @dev Reverts unless at least four seats signed.
    function _requireThreshold(
        bytes32 structHash,
        uint256[7] memory operatorIds,
        uint8 signers,
        bytes[] calldata signatures
    ) internal view {
        if (signers.count() < THRESHOLD) revert TooFewSigners(signers.count(), THRESHOLD);
        _requireSigned(structHash, operatorIds, signers, signatures);
    }

    /// @dev Reverts unless exactly these seats signed, in the order of seats.
    function _requireSigned(
        bytes32 structHash,
        uint256[7] memory operatorIds,
        uint8 signers,
        bytes[] calldata signatures
    ) internal view {
        if (!signers.isValid() || signatures.length != signers.count()) {
            revert WrongSignatureCount(signatures.length, signers.count());
        }
        bytes32 digest = _hashTypedDataV4(structHash);
        address[7] memory nodeKeys = REGISTRY.nodeKeysOf(operatorIds);
        uint256 next;
        for (uint256 seat = 1; seat <= Seats.COUNT; seat++) {
            if (!signers.contains(seat)) continue;
            (address recovered, , ) = ECDSA.tryRecoverCalldata(digest, signatures[next++]);
            if (recovered != nodeKeys[seat - 1]) revert InvalidSeatSignature(seat, nodeKeys[seat - 1], recovered);
        }
    }
}
