// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBalanceReport} from "../interfaces/IBalanceReport.sol";
import {IDepositContract} from "../interfaces/IDepositContract.sol";
import {IFeeDistributor} from "../interfaces/IFeeDistributor.sol";
import {IOperatorSets} from "../interfaces/IOperatorSets.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {ISetChanges} from "../interfaces/ISetChanges.sol";
import {ISlashings} from "../interfaces/ISlashings.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {IValidatorErrors} from "../interfaces/IValidatorErrors.sol";
import {IValidatorRecords} from "../interfaces/IValidatorRecords.sol";
import {IVerifierReplacement} from "../interfaces/IVerifierReplacement.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {DepositData} from "../libraries/DepositData.sol";
import {Gwei, toGwei} from "../libraries/Units.sol";
import {Deposits, DepositWord} from "./DepositWord.sol";

/// @title ValidatorLedger
/// @dev State and parameters that the steps of a validator's life share, and how they are read. Storage is here, in
/// ValidatorIndices and in ValidatorAccounting alone, which every part of ValidatorManager inherits in this order:
/// all see the same slots.
abstract contract ValidatorLedger is IValidatorRecords, IValidatorErrors {
    using DepositWord for bytes32;
    using SafeCast for uint256;

    /// @param requestLifetime Seconds, between DAY / 24 and 30 DAY; 6 hours on mainnet.
    struct Parameters {
        IDepositContract depositContract;
        bytes4 genesisForkVersion;
        uint64 requestLifetime;
        uint256 targetBalanceWei;
    }

    /// @dev One slot for what changes, then two words. Index and set fit: 2⁴⁰ validators at most, 2³² sets.
    /// @param since Unix time of the step to KeyVerified, then to Predeposited; `REPORT.number()` at the proof from
    /// Proven on.
    /// @param configuration Of the set at the predeposit: its members answer for it.
    /// @param word Root that guards the predeposit while KeyVerified, then what was sent (DepositWord).
    struct ValidatorRecord {
        ValidatorState state;
        bool requestOpen;
        uint32 setId;
        uint32 generation;
        uint32 configuration;
        uint40 validatorIndex;
        uint40 since;
        uint64 reservedShares;
        bytes32 word;
        bytes32 pointsHash;
    }

    /// @dev One slot. @param acknowledged Seats that are known to have acknowledged keys of the request; bit = seat − 1.
    struct RequestRecord {
        RequestState state;
        uint32 setId;
        uint32 keyCount;
        uint64 configuration;
        uint64 deadline;
        uint8 acknowledged;
    }

    /// @dev One slot.
    /// @param depositedKeyCount Keys from Predeposited on that have not ended: reports are due while there are any.
    struct Totals {
        uint32 requestCount;
        uint32 provenKeyCount;
        uint32 accountedCount;
        uint32 depositedKeyCount;
        Gwei committedGwei;
        Gwei inFlightGwei;
    }

    struct SetRecord {
        uint64 openRequestId;
        uint64 skippedUntil;
        uint32 pendingKeyCount;
        uint32 liveKeyCount;
    }

    bytes32 private constant COMPOUNDING_PREFIX = bytes32(uint256(0x02) << 248);
    uint256 internal constant PREDEPOSIT_WEI = 1 ether;
    uint256 private constant MIN_TARGET_BALANCE_WEI = 32 ether;

    /// @dev 2 ETH below MAX_EFFECTIVE_BALANCE_ELECTRA leave room for rewards before they are swept.
    uint256 private constant MAX_TARGET_BALANCE_WEI = 2046 ether;

    IStakingPool public immutable POOL;
    IOperatorSets public immutable SETS;
    ISetChanges public immutable CHANGES;
    IBalanceReport public immutable REPORT;
    IParameters public immutable PARAMETERS;
    IVerifierReplacement public immutable VERIFIERS;
    IDepositContract public immutable DEPOSIT_CONTRACT;
    address public immutable EXITS;
    ISlashings public immutable SLASHINGS;
    IFeeDistributor public immutable FEES;
    bytes4 public immutable GENESIS_FORK_VERSION;
    uint64 public immutable DAY;
    uint64 public immutable REQUEST_LIFETIME;
    uint256 public immutable TARGET_BALANCE_WEI;
    bytes32 public immutable withdrawalCredentials;
    bytes32 internal immutable DEPOSIT_DOMAIN;

    Totals internal _totals;
    mapping(bytes32 validatorId => ValidatorRecord) internal _validators;
    mapping(uint256 requestId => RequestRecord) internal _requests;
    mapping(uint256 setId => SetRecord) internal _setRecords;

    constructor(Wiring memory w, Parameters memory p) {
        if (w.day == 0) revert InvalidParameter("day", w.day);
        if (p.requestLifetime < w.day / 24 || p.requestLifetime > 30 * w.day || p.requestLifetime == 0) {
            revert InvalidParameter("requestLifetime", p.requestLifetime);
        }
        if (p.targetBalanceWei < MIN_TARGET_BALANCE_WEI || p.targetBalanceWei > MAX_TARGET_BALANCE_WEI) {
            revert InvalidParameter("targetBalanceWei", p.targetBalanceWei);
        }
        toGwei(p.targetBalanceWei);
        // A call to an address without code succeeds, so a wrong address would swallow deposits.
        if (address(p.depositContract).code.length == 0) {
            revert InvalidParameter("depositContract", uint160(address(p.depositContract)));
        }
        POOL = IStakingPool(w.pool);
        SETS = IOperatorSets(w.sets);
        CHANGES = ISetChanges(w.changes);
        REPORT = IBalanceReport(w.report);
        PARAMETERS = IParameters(w.parameters);
        VERIFIERS = IVerifierReplacement(w.verifiers);
        EXITS = w.exits;
        SLASHINGS = ISlashings(w.slashings);
        FEES = IFeeDistributor(w.fees);
        DEPOSIT_CONTRACT = p.depositContract;
        GENESIS_FORK_VERSION = p.genesisForkVersion;
        DAY = w.day;
        REQUEST_LIFETIME = p.requestLifetime;
        TARGET_BALANCE_WEI = p.targetBalanceWei;
        withdrawalCredentials = COMPOUNDING_PREFIX | bytes32(uint256(uint160(w.vault)));
        DEPOSIT_DOMAIN = DepositData.domain(p.genesisForkVersion);
    }

    /// @inheritdoc IValidatorRecords
    function validator(bytes32 validatorId) external view returns (Validator memory found) {
        ValidatorRecord memory record = _validators[validatorId];
        found.state = record.state;
        found.setId = record.setId;
        found.generation = record.generation;
        found.validatorIndex = record.validatorIndex;
        found.reservedShares = record.reservedShares;
        found.requestOpen = record.requestOpen;
        found.pointsHash = record.pointsHash;
        if (record.state == ValidatorState.KeyVerified) {
            found.depositDataRoot = record.word;
            return found;
        }
        if (record.state == ValidatorState.Predeposited) found.predepositTimestamp = record.since;
        Deposits memory deposits = record.word.unpack();
        found.sentGwei = deposits.sentGwei;
        found.topUpGwei = deposits.topUpGwei;
        found.storedGwei = deposits.storedGwei;
    }

    /// @inheritdoc IValidatorRecords
    function request(uint256 requestId) external view returns (KeyRequest memory) {
        RequestRecord memory record = _requests[requestId];
        return
            KeyRequest({
                state: record.state,
                setId: record.setId,
                configuration: record.configuration,
                keyCount: record.keyCount,
                deadline: record.deadline
            });
    }

    /// @inheritdoc IValidatorRecords
    function requestCount() external view returns (uint256) {
        return _totals.requestCount;
    }

    /// @inheritdoc IValidatorRecords
    function committedWei() public view returns (uint256) {
        return _totals.committedGwei.toWei();
    }

    /// @inheritdoc IValidatorRecords
    function provenKeyCount() external view returns (uint256) {
        return _totals.provenKeyCount;
    }

    /// @inheritdoc IValidatorRecords
    function openRequestOf(uint256 setId) external view returns (uint256) {
        return _setRecords[setId].openRequestId;
    }

    /// @inheritdoc IValidatorRecords
    function skippedUntil(uint256 setId) external view returns (uint64) {
        return _setRecords[setId].skippedUntil;
    }

    /// @inheritdoc IValidatorRecords
    function pendingKeyCount(uint256 setId) external view returns (uint256) {
        return _setRecords[setId].pendingKeyCount;
    }

    function _commit(uint256 amountWei) internal {
        _totals.committedGwei = toGwei(_totals.committedGwei.toWei() + amountWei);
    }

    function _uncommit(uint256 amountWei) internal {
        _totals.committedGwei = toGwei(_totals.committedGwei.toWei() - amountWei);
    }

    /// @dev What a living key with these deposits still lacks to the target.
    function _missingWei(Gwei sentGwei) internal view returns (uint256) {
        return Math.saturatingSub(TARGET_BALANCE_WEI, sentGwei.toWei());
    }

    function _requireState(bytes32 validatorId, ValidatorState expected) internal view {
        ValidatorState actual = _validators[validatorId].state;
        if (actual != expected) revert WrongState(validatorId, actual, expected);
    }

    function _requireCaller(address expected) internal view {
        if (msg.sender != expected) revert Unauthorized(msg.sender);
    }
}
