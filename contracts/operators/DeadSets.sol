// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SlashingPenalties} from "../accounting/slashings/SlashingPenalties.sol";
import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IDeadSets} from "../interfaces/IDeadSets.sol";
import {IOperatorRegistry} from "../interfaces/IOperatorRegistry.sol";
import {IOperatorSets} from "../interfaces/IOperatorSets.sol";
import {IParameters, Parameter} from "../interfaces/IParameters.sol";
import {ISetChanges} from "../interfaces/ISetChanges.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {IValidatorRecords} from "../interfaces/IValidatorRecords.sol";
import {IValidatorManager} from "../interfaces/IValidatorManager.sol";
import {IVerifierReplacement} from "../interfaces/IVerifierReplacement.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {ChunkRun} from "../libraries/ChunkRun.sol";
import {Epoch, Gwei, Slot} from "../libraries/Units.sol";

/// @title DeadSets
/// @dev A balance that falls because of an outage falls by what missed duties cost. Whatever else lowers a balance is far
/// larger: a partial withdrawal is an ether at least, an outage of a day costs 0.1 ETH per 2,048. So a fall counts
/// only between half and twice the price of missed duties, and neither requests nor sweeps have to be known here.
abstract contract DeadSets is IDeadSets {
    using SafeCast for uint256;

    /// @param until Slot up to which falls were claimed.
    /// @param streak Claims in a row.
    /// @param unchargedGwei Fall of the first claim of a streak, charged with the second.
    /// @param chargedGwei Charged since `windowStart`.
    struct Outage {
        uint64 until;
        uint32 streak;
        uint40 windowStart;
        uint56 unchargedGwei;
        uint56 chargedGwei;
    }

    struct Fall {
        uint256 keys;
        uint256 lostGwei;
        uint256 epochs;
        uint256 totalActiveGwei;
    }

    uint256 private constant BPS = 10_000;
    uint256 private constant CHUNK_SIZE = 4;

    /// @dev Consecutive claims that make a set dead.
    uint256 private constant DEAD_STREAK = 2;

    /// @dev In days: how long a claim keeps a streak alive, and how long a set stays dead after the last.
    uint256 private constant FRESH_DAYS = 2;

    /// @dev In days, during which DeadSetChargeBps is charged once at most.
    uint256 private constant CHARGE_WINDOW_DAYS = 30;

    IParameters public immutable PARAMETERS;
    IVerifierReplacement public immutable VERIFIERS;
    IStakingPool public immutable POOL;
    IOperatorRegistry public immutable REGISTRY;
    IOperatorSets public immutable SETS;
    ISetChanges public immutable CHANGES;
    IValidatorManager public immutable MANAGER;
    uint64 public immutable DAY;

    mapping(uint256 setId => Outage) private _outages;

    constructor(Wiring memory w) {
        PARAMETERS = IParameters(w.parameters);
        VERIFIERS = IVerifierReplacement(w.verifiers);
        POOL = IStakingPool(w.pool);
        REGISTRY = IOperatorRegistry(w.registry);
        SETS = IOperatorSets(w.sets);
        CHANGES = ISetChanges(w.changes);
        MANAGER = IValidatorManager(w.manager);
        DAY = w.day;
    }

    /// @inheritdoc IDeadSets
    function proveOffline(uint256 setId, BalancesAt calldata from, BalancesAt calldata to) external {
        IBeaconVerifier verifier = VERIFIERS.current();
        Outage memory outage = _outages[setId];
        uint256 fromSlot = Slot.unwrap(from.anchor.header.slot);
        uint256 toSlot = Slot.unwrap(to.anchor.header.slot);
        _requireSpan(verifier, outage, fromSlot, toSlot);
        _requireNormalSince(verifier, setId, from.anchor.header.slot);

        Fall memory fall = _fall(verifier, setId, from, to);
        uint256 live = MANAGER.liveKeyCount(setId);
        if (2 * fall.keys <= live) revert NotOffline(setId, fall.keys, live);

        bool inARow = fromSlot <= outage.until + _slots(verifier, FRESH_DAYS * DAY);
        outage.streak = inARow ? outage.streak + 1 : 1;
        outage.until = uint64(toSlot);
        outage.unchargedGwei = (fall.lostGwei + (inARow ? outage.unchargedGwei : 0)).toUint56();
        emit OfflineProven(
            setId,
            from.anchor.header.slot,
            to.anchor.header.slot,
            fall.keys,
            fall.lostGwei * 1 gwei,
            outage.streak
        );
        uint256 dueWei = outage.streak < DEAD_STREAK ? 0 : _takeDue(setId, outage);
        _outages[setId] = outage;
        if (dueWei > 0) _chargeMembers(setId, dueWei);
    }

    /// @inheritdoc IDeadSets
    function isDead(uint256 setId) external view returns (bool) {
        Outage memory outage = _outages[setId];
        if (outage.streak < DEAD_STREAK) return false;
        IBeaconVerifier verifier = VERIFIERS.current();
        return Slot.unwrap(verifier.slotAt(block.timestamp)) <= outage.until + _slots(verifier, FRESH_DAYS * DAY);
    }

    /// @dev The uncharged fall, as far as the window's maximum leaves room.
    function _takeDue(uint256 setId, Outage memory outage) private view returns (uint256 dueWei) {
        if (block.timestamp >= outage.windowStart + CHARGE_WINDOW_DAYS * DAY) {
            outage.windowStart = uint40(block.timestamp);
            outage.chargedGwei = 0;
        }
        uint256 seatWei = (SETS.seatRequirementWei(setId) * PARAMETERS.get(Parameter.DeadSetChargeBps)) / BPS;
        uint256 leftGwei = Math.saturatingSub((seatWei * 7) / 1 gwei, outage.chargedGwei);
        uint256 dueGwei = Math.min(outage.unchargedGwei, leftGwei);
        outage.unchargedGwei = 0;
        outage.chargedGwei += dueGwei.toUint56();
        return dueGwei * 1 gwei;
    }

    function _chargeMembers(uint256 setId, uint256 dueWei) private {
        uint256[7] memory operatorIds = SETS.members(setId);
        uint256 sharesPerSeat = POOL.convertToShares(dueWei / operatorIds.length);
        for (uint256 i = 0; i < operatorIds.length; i++) {
            uint256 taken = REGISTRY.charge(operatorIds[i], sharesPerSeat, address(0), 0);
            emit DeadSetCharged(setId, operatorIds[i], taken);
        }
    }

    /// @dev Adds up the falls of those proven keys of the set that were offline between the two states.
    function _fall(
        IBeaconVerifier verifier,
        uint256 setId,
        BalancesAt calldata from,
        BalancesAt calldata to
    ) private view returns (Fall memory fall) {
        Gwei[] memory earlier = _balances(verifier, from);
        Gwei[] memory later = _balances(verifier, to);
        if (keccak256(abi.encode(from.proof.runs)) != keccak256(abi.encode(to.proof.runs))) revert DifferentKeys();
        fall.epochs =
            Epoch.unwrap(verifier.epochOf(to.anchor.header.slot)) -
            Epoch.unwrap(verifier.epochOf(from.anchor.header.slot));
        fall.totalActiveGwei = PARAMETERS.get(Parameter.TotalActiveWei) / 1 gwei;
        uint256 position = 0;
        for (uint256 i = 0; i < to.proof.runs.length; i++) {
            ChunkRun run = to.proof.runs[i];
            uint256 index = run.firstChunk() * CHUNK_SIZE;
            uint256 end = index + run.chunkCount() * CHUNK_SIZE;
            // The earlier list may be shorter.
            for (; index < end && position < Math.min(earlier.length, later.length); index++) {
                if (_isActiveKey(setId, uint64(index))) {
                    _addFall(fall, Gwei.unwrap(earlier[position]), Gwei.unwrap(later[position]));
                }
                position++;
            }
        }
    }

    function _balances(IBeaconVerifier verifier, BalancesAt calldata point) private view returns (Gwei[] memory) {
        verifier.verifyHeader(point.anchor.timestamp, point.anchor.header);
        return verifier.verifyBalances(point.anchor.header.slot, point.anchor.header.stateRoot, point.proof);
    }

    function _isActiveKey(uint256 setId, uint64 index) private view returns (bool) {
        bytes32 validatorId = MANAGER.validatorIdAt(index);
        if (validatorId == 0) return false;
        IValidatorManager.Validator memory validator = MANAGER.validator(validatorId);
        return validator.setId == setId && validator.state == IValidatorRecords.ValidatorState.Active;
    }

    function _addFall(Fall memory fall, uint256 earlierGwei, uint256 laterGwei) private pure {
        // Withdrawals of what is above the maximum are no penalties.
        earlierGwei = Math.min(earlierGwei, SlashingPenalties.MAX_EFFECTIVE_GWEI);
        uint256 lostGwei = Math.saturatingSub(earlierGwei, laterGwei);
        uint256 priceGwei = SlashingPenalties.missedDutiesUp(earlierGwei, fall.epochs, fall.totalActiveGwei);
        if (2 * lostGwei < priceGwei || lostGwei > 2 * priceGwei) return;
        fall.keys++;
        fall.lostGwei += lostGwei;
    }

    /// @dev A day, give or take the hours between two reports, after what was claimed before. Much longer spans would make
    /// an outage look like a withdrawal.
    function _requireSpan(
        IBeaconVerifier verifier,
        Outage memory outage,
        uint256 fromSlot,
        uint256 toSlot
    ) private view {
        if (fromSlot < outage.until) revert ClaimedBefore(Slot.wrap(uint64(fromSlot)), Slot.wrap(outage.until));
        uint256 minimum = _slots(verifier, (DAY * 5) / 6);
        uint256 maximum = _slots(verifier, DAY * FRESH_DAYS);
        if (toSlot < fromSlot + minimum || toSlot > fromSlot + maximum) {
            revert WrongSpan(Slot.wrap(uint64(fromSlot)), Slot.wrap(uint64(toSlot)), minimum, maximum);
        }
    }

    /// @dev Under a lease four seats act alone, and those left out pay already with their fees; at a change of configuration
    /// nodes pause by the rules.
    function _requireNormalSince(IBeaconVerifier verifier, uint256 setId, Slot fromSlot) private view {
        ISetChanges.Configuration memory configuration = CHANGES.current(setId);
        bool isLeased = configuration.leasedSeats != 0 || CHANGES.pendingChange(setId).leasedSeats != 0;
        if (isLeased || configuration.startEpoch > verifier.epochOf(fromSlot)) revert ConfigurationChanged(setId);
    }

    function _slots(IBeaconVerifier verifier, uint256 duration) private view returns (uint256) {
        return duration / verifier.SECONDS_PER_SLOT();
    }
}
