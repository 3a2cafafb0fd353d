// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISetChanges} from "../interfaces/ISetChanges.sol";
import {ISetMembers} from "../interfaces/ISetMembers.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {RecentBlocks} from "../libraries/RecentBlocks.sol";
import {Seats} from "../libraries/Seats.sol";
import {Epoch} from "../libraries/Units.sol";
import {SeatSignatures} from "./SeatSignatures.sol";

/// @title SignsOfLife
/// @dev Keeps leases from being a weapon: four seats could leave out three that are there, for their fees and their say.
abstract contract SignsOfLife is SeatSignatures {
    using SafeCast for uint256;
    using Seats for uint8;

    struct SignOfLife {
        uint64 blockNumber;
        uint64 recordedAt;
    }

    bytes32 private constant ALIVE_TYPEHASH = keccak256(
        "Alive(uint256 operatorId,uint256 blockNumber,bytes32 blockHash)"
    );
    uint256 private constant MAX_CONTESTED_LEASES = 3;

    /// @dev Posted daily; the second day is for a late one.
    uint256 private constant CURRENT_DAYS = 2;

    address public immutable GOVERNANCE;
    uint64 public immutable DAY;
    address public immutable SETS;

    mapping(uint256 operatorId => SignOfLife) private _signs;

    modifier onlyGovernance() {
        if (msg.sender != GOVERNANCE) revert Unauthorized(msg.sender);
        _;
    }

    constructor(Wiring memory w) {
        GOVERNANCE = w.governance;
        DAY = w.day;
        SETS = w.sets;
    }

    /// @inheritdoc ISetChanges
    function alive(uint256 operatorId, uint256 blockNumber, bytes32 blockHash, bytes calldata signature) external {
        SignOfLife storage sign = _signs[operatorId];
        if (blockNumber <= sign.blockNumber) revert BlockNotNewer(blockNumber, sign.blockNumber);
        RecentBlocks.requireRecent(blockNumber, blockHash);
        bytes32 structHash = keccak256(abi.encode(ALIVE_TYPEHASH, operatorId, blockNumber, blockHash));
        (address recovered, , ) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
        address nodeKey = REGISTRY.operator(operatorId).nodeKey;
        if (recovered != nodeKey) revert InvalidSignOfLife(operatorId, nodeKey, recovered);
        sign.blockNumber = blockNumber.toUint64();
        sign.recordedAt = uint64(block.timestamp);
        emit SeenAlive(operatorId, blockNumber);
    }

    /// @inheritdoc ISetChanges
    function allowLeases(uint256 setId) external onlyGovernance {
        _sets[setId].contestedLeases = 0;
        emit LeasesAllowed(setId);
    }

    /// @inheritdoc ISetChanges
    function isAlive(uint256 operatorId) public view returns (bool) {
        uint64 recordedAt = _signs[operatorId].recordedAt;
        return recordedAt != 0 && block.timestamp <= recordedAt + CURRENT_DAYS * DAY;
    }

    /// @inheritdoc ISetChanges
    function contestedLeases(uint256 setId) external view returns (uint256) {
        return _sets[setId].contestedLeases;
    }

    /// @dev Counts a lease to `seats` that starts at `startEpoch`.
    function _countLease(uint256 setId, Configuration memory present, uint8 seats, Epoch startEpoch) internal {
        SetRecord storage set = _sets[setId];
        uint8 leftOut = Seats.ALL.except(seats);
        if (!_anyAlive(leftOut, ISetMembers(SETS).membersAt(setId, present.number))) {
            set.contestedLeases = 0;
            return;
        }
        // A moment of normal mode does not break a row, *because* the same four could restore and lease again for ever.
        bool rested = _modeOf(present) == Mode.Normal && !(_plus(present.startEpoch, LEASE_TERM) > startEpoch);
        uint256 before = rested ? 0 : set.contestedLeases;
        if (before == MAX_CONTESTED_LEASES) revert TooManyLeases(setId, before);
        set.contestedLeases = uint8(before + 1);
    }

    function _anyAlive(uint8 seats, uint256[7] memory operatorIds) private view returns (bool) {
        for (uint256 seat = 1; seat <= Seats.COUNT; seat++) {
            if (seats.contains(seat) && isAlive(operatorIds[seat - 1])) return true;
        }
        return false;
    }
}
