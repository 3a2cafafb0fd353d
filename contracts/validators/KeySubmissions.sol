// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IKeySubmissions} from "../interfaces/IKeySubmissions.sol";
import {BLS12381} from "../libraries/BLS12381.sol";
import {Seats} from "../libraries/Seats.sol";
import {SSZ} from "../libraries/SSZ.sol";
import {toGwei} from "../libraries/Units.sol";
import {KeyRequests} from "./KeyRequests.sol";

/// @title KeySubmissions
/// @dev Takes the result of a ceremony. What can be checked is checked here; what can't (that each seat holds its
/// share and can recover it) every seat acknowledges with its node key. All seven, because a key is made once and
/// used for years.
abstract contract KeySubmissions is KeyRequests, EIP712, IKeySubmissions {
    using SafeCast for uint256;
    using Seats for uint8;

    struct Ceremony {
        uint256 requestId;
        uint256 setId;
        uint32 attempt;
        bytes32 transcriptHash;
        uint32 generation;
    }

    bytes32 private constant KEY_ACKNOWLEDGEMENT_TYPEHASH = keccak256(
        "KeyAcknowledgement(uint256 requestId,uint256 setId,uint32 attempt,"
        "bytes32 transcriptHash,bytes32 keysHash,bytes32 encryptedSharesHash)"
    );
    uint256 private constant ENCRYPTED_SHARES_LENGTH = 7 * 48;

    /// @inheritdoc IKeySubmissions
    function submitKeys(
        uint256 requestId,
        uint32 attempt,
        bytes32 transcriptHash,
        KeySubmission[] calldata keys,
        bytes[] calldata acknowledgements
    ) external {
        RequestRecord storage open = _openRequest(requestId);
        if (keys.length != open.keyCount) revert WrongKeyCount(keys.length, open.keyCount);
        uint256 setId = open.setId;
        _requireAcceptsKeys(setId);
        uint32 generation = uint256(CHANGES.generation(setId)).toUint32();
        Ceremony memory ceremony = Ceremony(requestId, setId, attempt, transcriptHash, generation);
        bytes32 digest = _digestOf(requestId, setId, _acknowledgementOf(ceremony, keys));
        _requireAcknowledged(setId, digest, Seats.ALL, acknowledgements);
        _setRecords[setId].liveKeyCount += uint32(keys.length);
        BLS12381.DepositKey[] memory verified = _verify(setId, keys);
        for (uint256 i = 0; i < keys.length; i++) {
            _takeKey(ceremony, keys[i], verified[i]);
        }
        _completeRequest(open);
    }

    /// @inheritdoc IKeySubmissions
    function recordAcknowledgements(
        uint256 requestId,
        Acknowledgement calldata acknowledged,
        uint8 seats,
        bytes[] calldata signatures
    ) external {
        RequestRecord storage open = _requests[requestId];
        if (open.state != RequestState.Open) revert RequestNotOpen(requestId, open.state);
        uint256 setId = open.setId;
        _requireAcknowledged(setId, _digestOf(requestId, setId, acknowledged), seats, signatures);
        open.acknowledged |= seats;
        emit AcknowledgementsRecorded(requestId, setId, acknowledged.attempt, seats);
    }

    function _takeKey(
        Ceremony memory ceremony,
        KeySubmission calldata key,
        BLS12381.DepositKey memory verified
    ) private {
        bytes32 validatorId = SSZ.pubkeyRoot(verified.pubkey);
        ValidatorRecord storage record = _validators[validatorId];
        if (record.state != ValidatorState.None) revert KeyAlreadyKnown(validatorId);
        record.state = ValidatorState.KeyVerified;
        // Fits: it came from the request, where it has 32 bits.
        record.setId = uint32(ceremony.setId);
        record.generation = ceremony.generation;
        record.since = uint40(block.timestamp);
        record.word = verified.root;
        record.pointsHash = keccak256(key.points);
        emit KeyVerified(
            validatorId,
            ceremony.requestId,
            ceremony.setId,
            ceremony.attempt,
            ceremony.transcriptHash,
            verified.pubkey,
            verified.signature,
            key.points,
            key.encryptedShares
        );
        SETS.keyVerified(ceremony.setId, ceremony.generation);
    }

    function _verify(uint256 setId, KeySubmission[] calldata keys) private view returns (BLS12381.DepositKey[] memory) {
        bytes[] memory points = new bytes[](keys.length);
        bytes[] memory signatures = new bytes[](keys.length);
        for (uint256 i = 0; i < keys.length; i++) {
            points[i] = keys[i].points;
            signatures[i] = keys[i].depositSignature;
        }
        BLS12381.DepositTerms memory terms = BLS12381.DepositTerms({
            context: keccak256(abi.encode(block.chainid, address(this), setId)),
            withdrawalCredentials: withdrawalCredentials,
            amount: toGwei(PREDEPOSIT_WEI),
            domain: DEPOSIT_DOMAIN
        });
        return BLS12381.verifyDepositKeys(points, signatures, terms);
    }

    /// @dev Reverts unless exactly these seats signed, in the order of seats.
    function _requireAcknowledged(
        uint256 setId,
        bytes32 digest,
        uint8 seats,
        bytes[] calldata signatures
    ) private view {
        if (!seats.isValid() || signatures.length != seats.count()) {
            revert WrongAcknowledgementCount(signatures.length, seats.count());
        }
        address[7] memory nodeKeys = SETS.seatNodeKeys(setId);
        uint256 next;
        for (uint256 seat = 1; seat <= Seats.COUNT; seat++) {
            if (!seats.contains(seat)) continue;
            (address recovered, , ) = ECDSA.tryRecoverCalldata(digest, signatures[next++]);
            if (recovered != nodeKeys[seat - 1]) revert InvalidAcknowledgement(seat, nodeKeys[seat - 1], recovered);
        }
    }

    function _acknowledgementOf(
        Ceremony memory ceremony,
        KeySubmission[] calldata keys
    ) private pure returns (Acknowledgement memory) {
        bytes32[] memory pointHashes = new bytes32[](keys.length);
        bytes32[] memory shareHashes = new bytes32[](keys.length);
        for (uint256 i = 0; i < keys.length; i++) {
            uint256 length = keys[i].encryptedShares.length;
            if (length != ENCRYPTED_SHARES_LENGTH) revert InvalidEncryptedSharesLength(length, ENCRYPTED_SHARES_LENGTH);
            pointHashes[i] = keccak256(keys[i].points);
            shareHashes[i] = keccak256(keys[i].encryptedShares);
        }
        return
            Acknowledgement({
                attempt: ceremony.attempt,
                transcriptHash: ceremony.transcriptHash,
                keysHash: keccak256(abi.encodePacked(pointHashes)),
                encryptedSharesHash: keccak256(abi.encodePacked(shareHashes))
            });
    }

    function _digestOf(
        uint256 requestId,
        uint256 setId,
        Acknowledgement memory acknowledged
    ) private view returns (bytes32) {
        bytes32 structHash = keccak256(
            abi.encode(
                KEY_ACKNOWLEDGEMENT_TYPEHASH,
                requestId,
                setId,
                acknowledged.attempt,
                acknowledged.transcriptHash,
                acknowledged.keysHash,
                acknowledged.encryptedSharesHash
            )
        );
        return _hashTypedDataV4(structHash);
    }
}
