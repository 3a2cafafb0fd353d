// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {IFaultCourt} from "../interfaces/IFaultCourt.sol";
import {IOperatorBonds} from "../interfaces/IOperatorBonds.sol";
import {IParameters, Parameter} from "../interfaces/IParameters.sol";
import {ISetChangeHooks} from "../interfaces/ISetChangeHooks.sol";
import {ISetChanges} from "../interfaces/ISetChanges.sol";
import {ISetMembers} from "../interfaces/ISetMembers.sol";
import {ISlashingCharges} from "../interfaces/ISlashingCharges.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title Convictions
/// @dev Reports in two steps, and what a proven fault costs. The configuration is left alone: it changes by an included
/// change only, *because* removing a member at once would let two configurations vote on two forks.
abstract contract Convictions is IFaultCourt {
    using BitMaps for BitMaps.BitMap;

    struct Commitment {
        uint64 blockNumber;
        uint64 timestamp;
    }

    uint256 private constant BPS = 10_000;

    address public immutable SETS;
    ISetChanges public immutable CHANGES;
    IOperatorBonds public immutable BONDS;
    IStakingPool public immutable POOL;
    ISlashingCharges public immutable SLASHINGS;
    IParameters public immutable PARAMETERS;
    uint64 public immutable DAY;

    /// @dev By reporter, so that nobody can renew, and thereby delay, the commitment of another.
    mapping(address reporter => mapping(bytes32 commitment => Commitment)) private _commitments;

    /// @dev A bit for each charged seat, eight per configuration: the seats of one fault share a slot. A seat has one holder
    /// per configuration, for ever.
    mapping(uint256 setId => BitMaps.BitMap) private _charged;

    constructor(Wiring memory w) {
        SETS = w.sets;
        CHANGES = ISetChanges(w.changes);
        BONDS = IOperatorBonds(w.registry);
        POOL = IStakingPool(w.pool);
        SLASHINGS = ISlashingCharges(w.slashings);
        PARAMETERS = IParameters(w.parameters);
        DAY = w.day;
    }

    /// @inheritdoc IFaultCourt
    function commitReport(bytes32 commitment) external {
        Commitment storage made = _commitments[msg.sender][commitment];
        if (made.blockNumber != 0 && !_isTooOld(made)) revert AlreadyCommitted(commitment);
        made.blockNumber = uint64(block.number);
        made.timestamp = uint64(block.timestamp);
        emit ReportCommitted(msg.sender, commitment);
    }

    /// @inheritdoc IFaultCourt
    function isConvicted(uint256 operatorId, uint256 setId, uint64 configuration) external view returns (bool) {
        uint256 seat = _seatOf(operatorId, setId, configuration);
        return seat != 0 && _charged[setId].get(_chargeOf(configuration, seat));
    }

    function _redeemCommitment(bytes32 firstDigest, bytes32 secondDigest, bytes32 salt) internal {
        bytes32 evidenceHash = keccak256(abi.encode(firstDigest, secondDigest));
        bytes32 commitment = keccak256(abi.encode(evidenceHash, msg.sender, salt));
        Commitment storage made = _commitments[msg.sender][commitment];
        if (made.blockNumber == 0 || made.blockNumber == block.number || _isTooOld(made)) {
            revert NotCommitted(commitment);
        }
        delete _commitments[msg.sender][commitment];
    }

    /// @dev Charges the requirement of one seat, once per operator, set and configuration: what else the operator did
    /// there is the same loss of the same seat.
    function _convict(Fault fault, uint256 operatorId, uint256 setId, uint64 configuration) internal {
        uint256 charge = _chargeOf(configuration, _requireSeat(operatorId, setId, configuration));
        if (_charged[setId].get(charge)) revert AlreadyConvicted(operatorId, setId, configuration);
        _charged[setId].set(charge);

        uint256 required = _sharesUp(ISetMembers(SETS).seatRequirementWei(setId));
        ISetChangeHooks(SETS).onConvicted(setId, operatorId);
        uint256 paid = SLASHINGS.onConvicted(setId, operatorId);
        // Never more than the bond, so that the reporter's part stays one of what is taken.
        uint256 rest = Math.min(Math.saturatingSub(required, paid), BONDS.bondOf(operatorId));
        uint256 reward = Math.min(_rewardDown(paid + rest), rest);
        uint256 taken = rest == 0 ? 0 : BONDS.charge(operatorId, rest, msg.sender, reward);
        emit Convicted(operatorId, setId, configuration, fault, msg.sender, paid + taken, reward);
    }

    function _requireSeat(uint256 operatorId, uint256 setId, uint64 configuration) private view returns (uint256 seat) {
        // *Because* numbers to come would let one stolen key be charged again and again.
        if (configuration > CHANGES.configuration(setId)) revert NoSeat(operatorId, setId, configuration);
        seat = _seatOf(operatorId, setId, configuration);
        if (seat == 0) revert NoSeat(operatorId, setId, configuration);
    }

    /// @dev 0 when the operator held no seat.
    function _seatOf(uint256 operatorId, uint256 setId, uint64 configuration) private view returns (uint256) {
        uint256[7] memory operatorIds = ISetMembers(SETS).membersAt(setId, configuration);
        for (uint256 i = 0; i < operatorIds.length; i++) {
            if (operatorIds[i] == operatorId) return i + 1;
        }
        return 0;
    }

    function _rewardDown(uint256 shares) private view returns (uint256) {
        uint256 part = Math.mulDiv(shares, PARAMETERS.get(Parameter.ReporterBps), BPS);
        return Math.min(part, POOL.convertToShares(PARAMETERS.get(Parameter.ReporterMaximumWei)));
    }

    /// @dev One share more than needed at most.
    function _sharesUp(uint256 amountWei) private view returns (uint256) {
        return POOL.convertToShares(amountWei) + 1;
    }

    function _isTooOld(Commitment memory made) private view returns (bool) {
        return block.timestamp > made.timestamp + DAY;
    }

    function _chargeOf(uint64 configuration, uint256 seat) private pure returns (uint256) {
        return (uint256(configuration) << 3) | seat;
    }
}
