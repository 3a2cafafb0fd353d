// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IFeeDistributor} from "../../interfaces/IFeeDistributor.sol";
import {IOperatorRegistry} from "../../interfaces/IOperatorRegistry.sol";
import {IOperatorSets} from "../../interfaces/IOperatorSets.sol";
import {IParameters, Parameter} from "../../interfaces/IParameters.sol";
import {ISeatLists} from "../../interfaces/ISeatLists.sol";
import {ISetChanges} from "../../interfaces/ISetChanges.sol";
import {ISetMembers} from "../../interfaces/ISetMembers.sol";
import {ISlashingCharges} from "../../interfaces/ISlashingCharges.sol";
import {IStakingPool} from "../../interfaces/IStakingPool.sol";
import {Wiring} from "../../interfaces/Wiring.sol";

/// @title SetLedger
/// @dev State that the parts of OperatorSets share, and who may call them. All storage is here, and every part inherits it
/// first: OperatorSets and SeatHandovers see the same slots.
abstract contract SetLedger is ISetMembers {
    /// @dev One slot: all that a predeposit or a key request moves. 2⁸⁰ wei are a million ETH.
    /// @param emptied Bit `seat - 1`: the seat earns nothing and counts for no capacity.
    struct OperatorSet {
        uint80 stakeWei;
        uint80 capacityWei;
        uint80 reservedShares;
        bool suspended;
        uint8 emptied;
    }

    /// @param named Last generation that was ever named. @param pending The same while it is neither in place nor dropped.
    /// @param oldest No key born before it lives. @param newest Last generation in which a key was born.
    /// @param abandoned Keys born before it live on although a leaver's time was up.
    struct Clock {
        uint32 emptiedAt;
        uint32 shortfallSince;
        uint32 shortfallExitAt;
        uint32 exitingKeys;
        uint16 named;
        uint16 pending;
        uint16 oldest;
        uint16 newest;
        uint16 abandoned;
        bool barred;
    }

    struct Keys {
        uint32 live;
        uint32 exiting;
    }

    struct Totals {
        uint128 stakeWei;
        uint128 capacityWei;
    }

    /// @dev Times and generations as in ISetLeavers.Leaver. @param inPlace Its notice ran out while it still sits.
    struct LeaverRecord {
        uint96 lockedWei;
        uint40 leftAt;
        uint16 lockedBefore;
        uint16 leftGeneration;
        bool inPlace;
    }

    uint256 public constant SEATS = 7;
    uint256 public constant THRESHOLD = 4;
    uint256 public constant QUORUM = 5;

    /// @dev Bounded, *because* a slashing sums over the bonds behind a key.
    uint256 internal constant MAX_LEAVERS = 21;

    IStakingPool public immutable POOL;
    IOperatorRegistry public immutable REGISTRY;
    IParameters public immutable PARAMETERS;
    ISetChanges public immutable CHANGES;
    IFeeDistributor public immutable FEES;
    ISlashingCharges public immutable SLASHINGS;
    address public immutable governance;
    address public immutable VALIDATOR_MANAGER;
    address public immutable EXITS;
    address public immutable COURT;
    uint64 public immutable DAY;

    /// @dev Stake that one key brings. Capacity is counted in whole keys, *because* a set with room for half a key would sit
    /// below the average for ever and keep the others from taking keys.
    uint256 public immutable KEY_STAKE_WEI;

    uint256 public setCount;
    Totals internal _totals;
    mapping(uint256 setId => OperatorSet) internal _sets;
    mapping(uint256 setId => Clock) internal _clocks;

    /// @dev By configuration number: operator numbers, a word of the library SeatWords.
    mapping(uint256 setId => Checkpoints.Trace224) internal _members;

    /// @dev Members of the pending generation; SeatWords.
    mapping(uint256 setId => uint256) internal _named;

    /// @dev Words of the library Generations.
    mapping(uint256 setId => uint256) internal _generations;

    /// @dev Unix times; SeatWords.
    mapping(uint256 setId => uint256) internal _notices;
    mapping(uint256 setId => mapping(uint256 generation => Keys)) internal _keys;

    /// @dev Words of the library Obligations.
    mapping(uint256 operatorId => uint256) internal _obligations;
    mapping(uint256 setId => mapping(uint256 operatorId => LeaverRecord)) internal _leavers;
    mapping(uint256 setId => uint256[]) internal _leaverIds;
    mapping(uint256 operatorId => ISeatLists.Standing) internal _standings;

    modifier onlyGovernance() {
        _requireSender(governance);
        _;
    }

    modifier onlyValidatorManager() {
        _requireSender(VALIDATOR_MANAGER);
        _;
    }

    modifier onlyChanges() {
        _requireSender(address(CHANGES));
        _;
    }

    modifier onlyOwnerOf(uint256 operatorId) {
        _requireSender(_ownerOf(operatorId));
        _;
    }

    constructor(Wiring memory w, uint256 keyStakeWei) {
        POOL = IStakingPool(w.pool);
        REGISTRY = IOperatorRegistry(w.registry);
        PARAMETERS = IParameters(w.parameters);
        CHANGES = ISetChanges(w.changes);
        FEES = IFeeDistributor(w.fees);
        SLASHINGS = ISlashingCharges(w.slashings);
        governance = w.governance;
        VALIDATOR_MANAGER = w.manager;
        EXITS = w.exits;
        COURT = w.court;
        DAY = w.day;
        KEY_STAKE_WEI = keyStakeWei;
    }

    function _requireSender(address expected) internal view {
        if (msg.sender != expected) revert IOperatorSets.Unauthorized(msg.sender);
    }

    /// @dev Reverts with OperatorNotFound.
    function _ownerOf(uint256 operatorId) internal view returns (address) {
        return REGISTRY.operator(operatorId).owner;
    }

    function _parameter(Parameter parameter) internal view returns (uint256) {
        return PARAMETERS.get(parameter);
    }

    function _requireSet(uint256 setId) internal view {
        if (setId == 0 || setId > setCount) revert SetNotFound(setId);
    }

    function _set(uint256 setId) internal view returns (OperatorSet storage) {
        _requireSet(setId);
        return _sets[setId];
    }
}
