// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IDepositContract} from "../interfaces/IDepositContract.sol";
import {IOperatorRegistry} from "../interfaces/IOperatorRegistry.sol";
import {IOperatorSets} from "../interfaces/IOperatorSets.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {IValidatorManager} from "../interfaces/IValidatorManager.sol";
import {IVerifierReplacement} from "../interfaces/IVerifierReplacement.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {DepositData} from "../libraries/DepositData.sol";
import {Gwei, toGwei} from "../libraries/Units.sol";

/// @title ValidatorLedger
/// @dev State and parameters that the steps of a validator's life share, and how they are read.
abstract contract ValidatorLedger is IValidatorManager {
    using SafeCast for uint256;

    /// @param requestLifetime Seconds, between DAY / 24 and 30 DAY; 6 hours on mainnet.
    struct Parameters {
        IDepositContract depositContract;
        bytes4 genesisForkVersion;
        uint64 requestLifetime;
        uint256 targetBalanceWei;
    }

    /// @dev One slot for what changes, then two roots. Index and set fit: 2⁴⁰ validators at most, 2³² sets.
    struct ValidatorRecord {
        ValidatorState state;
        uint32 setId;
        uint40 validatorIndex;
        uint40 predepositTimestamp;
        Gwei sentGwei;
        uint72 reservedShares;
        bytes32 depositDataRoot;
        bytes32 pointsHash;
    }

    struct RequestRecord {
        RequestState state;
        uint32 setId;
        uint32 keyCount;
        uint64 configuration;
        uint64 deadline;
    }

    struct Totals {
        uint64 requestCount;
        uint32 provenKeyCount;
        uint128 committedWei;
    }

    struct SetRecord {
        uint64 openRequestId;
        uint64 skippedUntil;
        uint32 pendingKeyCount;
    }

    bytes32 private constant COMPOUNDING_PREFIX = bytes32(uint256(0x02) << 248);
    uint256 internal constant PREDEPOSIT_WEI = 1 ether;
    uint256 private constant MIN_TARGET_BALANCE_WEI = 32 ether;

    /// @dev 2 ETH below MAX_EFFECTIVE_BALANCE_ELECTRA leave room for rewards before they are swept.
    uint256 private constant MAX_TARGET_BALANCE_WEI = 2046 ether;

    IStakingPool public immutable POOL;
    IOperatorRegistry public immutable REGISTRY;
    IOperatorSets public immutable SETS;
    IVerifierReplacement public immutable VERIFIERS;
    IDepositContract public immutable DEPOSIT_CONTRACT;
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
        REGISTRY = IOperatorRegistry(w.registry);
        SETS = IOperatorSets(w.sets);
        VERIFIERS = IVerifierReplacement(w.verifiers);
        DEPOSIT_CONTRACT = p.depositContract;
        GENESIS_FORK_VERSION = p.genesisForkVersion;
        DAY = w.day;
        REQUEST_LIFETIME = p.requestLifetime;
        TARGET_BALANCE_WEI = p.targetBalanceWei;
        withdrawalCredentials = COMPOUNDING_PREFIX | bytes32(uint256(uint160(w.vault)));
        DEPOSIT_DOMAIN = DepositData.domain(p.genesisForkVersion);
    }

    /// @inheritdoc IValidatorManager
    function validator(bytes32 validatorId) external view returns (Validator memory) {
        ValidatorRecord memory record = _validators[validatorId];
        return
            Validator({
                state: record.state,
                setId: record.setId,
                sentGwei: record.sentGwei,
                predepositTimestamp: record.predepositTimestamp,
                validatorIndex: record.validatorIndex,
                reservedShares: record.reservedShares,
                depositDataRoot: record.depositDataRoot,
                pointsHash: record.pointsHash
            });
    }

    /// @inheritdoc IValidatorManager
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

    /// @inheritdoc IValidatorManager
    function requestCount() external view returns (uint256) {
        return _totals.requestCount;
    }

    /// @inheritdoc IValidatorManager
    function committedWei() public view returns (uint256) {
        return _totals.committedWei;
    }

    /// @inheritdoc IValidatorManager
    function provenKeyCount() external view returns (uint256) {
        return _totals.provenKeyCount;
    }

    /// @inheritdoc IValidatorManager
    function openRequestOf(uint256 setId) external view returns (uint256) {
        return _setRecords[setId].openRequestId;
    }

    /// @inheritdoc IValidatorManager
    function skippedUntil(uint256 setId) external view returns (uint64) {
        return _setRecords[setId].skippedUntil;
    }

    /// @inheritdoc IValidatorManager
    function pendingKeyCount(uint256 setId) external view returns (uint256) {
        return _setRecords[setId].pendingKeyCount;
    }

    function _commit(uint256 amountWei) internal {
        _totals.committedWei += amountWei.toUint128();
    }

    function _uncommit(uint256 amountWei) internal {
        _totals.committedWei -= amountWei.toUint128();
    }

    function _requireState(bytes32 validatorId, ValidatorState expected) internal view {
        ValidatorState actual = _validators[validatorId].state;
        if (actual != expected) revert WrongState(validatorId, actual, expected);
    }
}
