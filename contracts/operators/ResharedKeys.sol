// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISetChanges} from "../interfaces/ISetChanges.sol";
import {IValidatorManager} from "../interfaces/IValidatorManager.sol";
import {IValidatorRecords} from "../interfaces/IValidatorRecords.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {BLS12381} from "../libraries/BLS12381.sol";
import {Seats} from "../libraries/Seats.sol";
import {SSZ} from "../libraries/SSZ.sol";
import {Resharings} from "./Resharings.sol";

/// @title ResharedKeys
/// @dev Takes the results of a resharing, slice by slice. The group key can't change: it names the validator.
abstract contract ResharedKeys is Resharings {
    using Seats for uint8;

    bytes32 private constant ACKNOWLEDGEMENT_TYPEHASH = keccak256(
        "ResharingAcknowledgement(uint256 setId,uint64 generation,uint32 attempt,"
        "bytes32 transcriptHash,bytes32 keysHash,bytes32 encryptedSharesHash)"
    );
    uint256 private constant MAX_KEYS_PER_SLICE = 20;
    uint256 private constant ENCRYPTED_SHARES_LENGTH = 7 * 48;

    /// @dev Four of the old sharing carry it on: with fewer nobody could tell whether the new shares match.
    uint256 private constant MIN_CONTINUING = 4;

    IValidatorManager public immutable VALIDATOR_MANAGER;

    /// @inheritdoc ISetChanges
    mapping(bytes32 validatorId => mapping(uint64 generation => bytes32)) public pointsHash;

    constructor(Wiring memory w) {
        VALIDATOR_MANAGER = IValidatorManager(w.manager);
    }

    /// @inheritdoc ISetChanges
    function submitResharing(
        Slice calldata slice,
        KeyResharing[] calldata keys,
        uint8 signers,
        bytes[] calldata acknowledgements
    ) external {
        ResharingRecord memory pending = _resharings[slice.setId];
        if (pending.kind == ChangeKind.None || pending.generation != slice.generation) {
            revert NoResharing(slice.setId, slice.generation);
        }
        if (keys.length == 0 || keys.length > MAX_KEYS_PER_SLICE) {
            revert InvalidKeyCount(keys.length, MAX_KEYS_PER_SLICE);
        }
        _requireParties(pending.seats, signers);
        _requireSigned(_acknowledgementHash(slice, keys), _operatorIds(pending), signers, acknowledgements);
        _resharings[slice.setId].verifiedKeys = pending.verifiedKeys + uint32(keys.length);
        bytes[] memory points = new bytes[](keys.length);
        for (uint256 i = 0; i < keys.length; i++) {
            points[i] = keys[i].points;
        }
        bytes32 context = keccak256(abi.encode(block.chainid, address(this), slice.setId, slice.generation));
        bytes[] memory pubkeys = BLS12381.verifySharings(points, context);
        for (uint256 i = 0; i < keys.length; i++) {
            _takeKey(slice, keys[i], pubkeys[i]);
        }
    }

    /// @inheritdoc ISetChanges
    function keyRetired(uint256 setId, bytes32 validatorId) external {
        if (msg.sender != address(VALIDATOR_MANAGER)) revert Unauthorized(msg.sender);
        ResharingRecord storage pending = _resharings[setId];
        // *Because* a key that was verified and then retired would stand in for one that is still missing.
        if (pending.kind != ChangeKind.None && pointsHash[validatorId][pending.generation] != 0) pending.verifiedKeys--;
    }

    function _takeKey(Slice calldata slice, KeyResharing calldata key, bytes memory pubkey) private {
        bytes32 validatorId = SSZ.pubkeyRoot(pubkey);
        _requireLive(slice.setId, validatorId);
        if (pointsHash[validatorId][slice.generation] != 0) revert KeyAlreadyReshared(validatorId, slice.generation);
        pointsHash[validatorId][slice.generation] = keccak256(key.points);
        emit KeyReshared(
            validatorId,
            slice.setId,
            slice.generation,
            slice.attempt,
            slice.transcriptHash,
            pubkey,
            key.points,
            key.encryptedShares
        );
    }

    function _requireLive(uint256 setId, bytes32 validatorId) private view {
        IValidatorRecords.Validator memory found = VALIDATOR_MANAGER.validator(validatorId);
        bool live =
            found.state == IValidatorRecords.ValidatorState.KeyVerified ||
                found.state == IValidatorRecords.ValidatorState.Predeposited ||
                found.state == IValidatorRecords.ValidatorState.Proven ||
                found.state == IValidatorRecords.ValidatorState.Active ||
                found.state == IValidatorRecords.ValidatorState.Exiting ||
                found.state == IValidatorRecords.ValidatorState.Slashed;
        if (!live || found.setId != setId) revert NotALiveKey(validatorId, setId);
    }

    function _requireParties(uint8 incoming, uint8 signers) private pure {
        for (uint256 seat = 1; seat <= Seats.COUNT; seat++) {
            if (incoming.contains(seat) && !signers.contains(seat)) revert IncomingSeatMissing(seat);
        }
        uint256 continuing = signers.except(incoming).count();
        if (continuing < MIN_CONTINUING) revert TooFewContinuing(continuing, MIN_CONTINUING);
    }

    function _acknowledgementHash(Slice calldata slice, KeyResharing[] calldata keys) private pure returns (bytes32) {
        bytes memory pointHashes;
        bytes memory shareHashes;
        for (uint256 i = 0; i < keys.length; i++) {
            uint256 length = keys[i].encryptedShares.length;
            if (length != ENCRYPTED_SHARES_LENGTH) revert InvalidEncryptedSharesLength(length, ENCRYPTED_SHARES_LENGTH);
            pointHashes = bytes.concat(pointHashes, keccak256(keys[i].points));
            shareHashes = bytes.concat(shareHashes, keccak256(keys[i].encryptedShares));
        }
        return
            keccak256(
                abi.encode(
                    ACKNOWLEDGEMENT_TYPEHASH,
                    slice.setId,
                    slice.generation,
                    slice.attempt,
                    slice.transcriptHash,
                    keccak256(pointHashes),
                    keccak256(shareHashes)
                )
            );
    }
}
