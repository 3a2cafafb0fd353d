// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IValidatorManager} from "../interfaces/IValidatorManager.sol";
import {BLS12381} from "../libraries/BLS12381.sol";
import {DepositData} from "../libraries/DepositData.sol";
import {SSZ} from "../libraries/SSZ.sol";
import {Gwei, toGwei} from "../libraries/Units.sol";
import {KeyRequests} from "./KeyRequests.sol";

/// @title KeySubmissions
/// @dev Takes the result of a ceremony. What can be checked is checked here; what can't (that each seat holds its share and
/// can recover it) every seat acknowledges with its node key. All seven, because a key is made once and used for years.
abstract contract KeySubmissions is KeyRequests, EIP712 {
    struct Ceremony {
        uint256 requestId;
        uint256 setId;
        uint32 attempt;
        bytes32 transcriptHash;
    }

    bytes32 private constant KEY_ACKNOWLEDGEMENT_TYPEHASH = keccak256(
        "KeyAcknowledgement(uint256 requestId,uint256 setId,uint32 attempt,"
        "bytes32 transcriptHash,bytes32 keysHash,bytes32 encryptedSharesHash)"
    );
    uint256 private constant SEATS = 7;
    uint256 private constant ENCRYPTED_SHARES_LENGTH = 7 * 48;
    uint256 private constant G1_LENGTH = 128;

    /// @inheritdoc IValidatorManager
    function submitKeys(
        uint256 requestId,
        uint32 attempt,
        bytes32 transcriptHash,
        KeySubmission[] calldata keys,
        bytes[] calldata acknowledgements
    ) external {
        RequestRecord storage open = _openRequest(requestId);
        if (keys.length != open.keyCount) revert WrongKeyCount(keys.length, open.keyCount);
        Ceremony memory ceremony = Ceremony(requestId, open.setId, attempt, transcriptHash);
        _requireAcknowledgements(ceremony, keys, acknowledgements);
        for (uint256 i = 0; i < keys.length; i++) {
            _takeKey(ceremony, keys[i]);
        }
        _completeRequest(open);
    }

    function _takeKey(Ceremony memory ceremony, KeySubmission calldata key) private {
        bytes32 context = keccak256(abi.encode(block.chainid, address(this), ceremony.setId));
        bytes memory pubkey = BLS12381.verifySharing(key.points, context);
        bytes32 validatorId = SSZ.pubkeyRoot(pubkey);
        if (_validators[validatorId].state != ValidatorState.None) revert KeyAlreadyKnown(validatorId);

        bytes memory signature = _verifyDepositSignature(pubkey, key);
        ValidatorRecord storage record = _validators[validatorId];
        record.state = ValidatorState.KeyVerified;
        // Fits: it came from the request, where it has 32 bits.
        record.setId = uint32(ceremony.setId);
        record.depositDataRoot = DepositData.root(pubkey, withdrawalCredentials, toGwei(PREDEPOSIT_WEI), signature);
        record.pointsHash = keccak256(key.points);
        emit KeyVerified(
            validatorId,
            ceremony.requestId,
            ceremony.setId,
            ceremony.attempt,
            ceremony.transcriptHash,
            pubkey,
            signature,
            key.points,
            key.encryptedShares
        );
    }

    function _verifyDepositSignature(
        bytes memory pubkey,
        KeySubmission calldata key
    ) private view returns (bytes memory compressed) {
        Gwei amount = toGwei(PREDEPOSIT_WEI);
        bytes32 message = DepositData.signingRoot(pubkey, withdrawalCredentials, amount, DEPOSIT_DOMAIN);
        return BLS12381.verifySignature(key.points[:G1_LENGTH], message, key.depositSignature);
    }

    function _requireAcknowledgements(
        Ceremony memory ceremony,
        KeySubmission[] calldata keys,
        bytes[] calldata acknowledgements
    ) private view {
        if (acknowledgements.length != SEATS) revert WrongAcknowledgementCount(acknowledgements.length, SEATS);
        bytes32 digest = _acknowledgementDigest(ceremony, keys);
        address[7] memory nodeKeys = SETS.seatNodeKeys(ceremony.setId);
        for (uint256 i = 0; i < SEATS; i++) {
            (address recovered, , ) = ECDSA.tryRecoverCalldata(digest, acknowledgements[i]);
            if (recovered != nodeKeys[i]) revert InvalidAcknowledgement(i + 1, nodeKeys[i], recovered);
        }
    }

    function _acknowledgementDigest(
        Ceremony memory ceremony,
        KeySubmission[] calldata keys
    ) private view returns (bytes32) {
        bytes memory pointHashes;
        bytes memory shareHashes;
        for (uint256 i = 0; i < keys.length; i++) {
            uint256 length = keys[i].encryptedShares.length;
            if (length != ENCRYPTED_SHARES_LENGTH) revert InvalidEncryptedSharesLength(length, ENCRYPTED_SHARES_LENGTH);
            pointHashes = bytes.concat(pointHashes, keccak256(keys[i].points));
            shareHashes = bytes.concat(shareHashes, keccak256(keys[i].encryptedShares));
        }
        bytes32 structHash = keccak256(
            abi.encode(
                KEY_ACKNOWLEDGEMENT_TYPEHASH,
                ceremony.requestId,
                ceremony.setId,
                ceremony.attempt,
                ceremony.transcriptHash,
                keccak256(pointHashes),
                keccak256(shareHashes)
            )
        );
        return _hashTypedDataV4(structHash);
    }
}
