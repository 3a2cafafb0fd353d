// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {Parameter} from "../../../contracts/interfaces/IParameters.sol";
import {IValidatorRecords} from "../../../contracts/interfaces/IValidatorRecords.sol";
import {ValidatorExits} from "../../../contracts/validators/ValidatorExits.sol";
import {Epoch, Gwei, Slot} from "../../../contracts/libraries/Units.sol";

/// @dev Plays all contracts around ValidatorExits but the vault, and a verifier that believes everything.
contract SimulatedNeighbours {
    ValidatorExits public exits;
    uint256 public queueWei;
    uint256 public liquidWei;
    uint64 public closedAt;
    uint64 public number = 1;
    Gwei public balance = Gwei.wrap(2_000e9);
    Epoch public earliestExitEpoch;
    bool private _dead;
    bool private _overdue;
    bool private _changing;
    uint256 public shortfallExits;
    uint256 public stakesAdded;
    mapping(bytes32 validatorId => IValidatorRecords.Validator) private _validators;
    mapping(bytes32 validatorId => bool) public requestOpen;

    function setExits(ValidatorExits created) external {
        exits = created;
    }

    function setQueue(uint256 queue, uint256 liquid) external {
        (queueWei, liquidWei) = (queue, liquid);
    }

    function setClosed() external {
        closedAt = uint64(block.timestamp);
    }

    function setBalance(Gwei now_) external {
        balance = now_;
    }

    function setEarliestExitEpoch(Epoch epoch) external {
        earliestExitEpoch = epoch;
    }

    function setReasons(bool dead, bool overdue) external {
        (_dead, _overdue) = (dead, overdue);
    }

    function setChanging(bool changing) external {
        _changing = changing;
    }

    function setValidator(
        bytes32 validatorId,
        IValidatorRecords.ValidatorState state,
        Gwei topUp,
        uint8 number_
    ) external {
        _validators[validatorId].state = state;
        _validators[validatorId].topUpGwei = topUp;
        _validators[validatorId].validatorIndex = uint64(number_) * 4;
        _validators[validatorId].generation = number_ == 2 ? 1 : 0;
    }

    /// @dev A report from start to finish over one validator.
    function report(bytes32 validatorId, Gwei shown) external returns (uint256 expected) {
        startReport();
        expected = exits.settle(validatorId, shown, number);
        finishReport(expected);
    }

    function startReport() public {
        number++;
    }

    function settle(bytes32 validatorId, Gwei shown) external returns (uint256) {
        return exits.settle(validatorId, shown, number);
    }

    function finishReport(uint256 expected) public {
        exits.onReportFinished(number, expected);
    }

    // ValidatorManager

    function validator(bytes32 validatorId) external view returns (IValidatorRecords.Validator memory) {
        return _validators[validatorId];
    }

    function markExiting(bytes32 validatorId) external {
        _validators[validatorId].state = IValidatorRecords.ValidatorState.Exiting;
    }

    function setRequestOpen(bytes32 validatorId, bool open) external {
        requestOpen[validatorId] = open;
    }

    function changeStake(bytes32, bool more) external {
        stakesAdded = more ? stakesAdded + 1 : stakesAdded - 1;
    }

    function TARGET_BALANCE_WEI() external pure returns (uint256) {
        return 1_500 ether;
    }

    function isBarred(uint256) external pure returns (bool) {
        return false;
    }

    // SetChanges

    function acceptsKeys(uint256) external view returns (bool) {
        return !_changing;
    }

    // OperatorSets

    function shortfallExit(uint256) external {
        shortfallExits++;
    }

    /// @dev Keys of the second generation are never overdue: they may be targets.
    function leaverOverdue(uint256, uint64 generation) external view returns (bool) {
        return _overdue && generation == 0;
    }

    // Slashings

    function isDead(uint256) external view returns (bool) {
        return _dead;
    }

    // Parameters: the defaults

    function get(Parameter parameter) external pure returns (uint256) {
        if (parameter == Parameter.MinimumPartialWei) return 8 ether;
        if (parameter == Parameter.FullExitFloorWei) return 64 ether;
        if (parameter == Parameter.UnmetNeedSeconds) return 3 days;
        if (parameter == Parameter.PartialLapseEpochs) return 225;
        return 1 days;
    }

    // Verifier

    function current() external view returns (address) {
        return address(this);
    }

    function SHARD_COMMITTEE_PERIOD() external pure returns (uint64) {
        return 256;
    }

    function MIN_VALIDATOR_WITHDRAWABILITY_DELAY() external pure returns (uint64) {
        return 256;
    }

    function epochOf(Slot slot) external pure returns (Epoch) {
        return Epoch.wrap(Slot.unwrap(slot) / 32);
    }

    function verifyHeader(uint64, IBeaconVerifier.BeaconBlockHeader calldata) external pure {}

    function verifyValidator(
        Slot,
        bytes32,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external pure returns (bytes32) {
        return proof.validator.pubkeyRoot;
    }

    function verifyBalances(
        Slot,
        bytes32,
        IBeaconVerifier.BalancesProof calldata
    ) external view returns (Gwei[] memory balances) {
        balances = new Gwei[](4);
        balances[0] = balance;
    }

    function verifyEarliestExitEpoch(
        Slot,
        bytes32,
        IBeaconVerifier.EarliestExitEpochProof calldata
    ) external view returns (Epoch) {
        return earliestExitEpoch;
    }
}
