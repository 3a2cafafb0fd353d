// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BalanceReport} from "../../../contracts/accounting/BalanceReport.sol";
import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {PoolTerms} from "../../../contracts/interfaces/IParameters.sol";
import {IValidatorAccounts} from "../../../contracts/interfaces/IValidatorAccounts.sol";
import {IValidatorRecords} from "../../../contracts/interfaces/IValidatorRecords.sol";
import {Gwei, Slot} from "../../../contracts/libraries/Units.sol";

/// @dev Plays all contracts around BalanceReport, and a beacon chain whose state is a list of balances. What the real ones
/// do is not tested with it; only that BalanceReport asks them rightly and believes nothing else.
contract SimulatedNeighbours {
    struct Special {
        bool counts;
        bool exiting;
        bool slashed;
        uint256 creditedWei;
        uint256 expectedWei;
        int256 reductionWei;
    }

    uint256 public constant INTERVAL = 20 hours;

    BalanceReport public report;
    uint256 public bookedWei;
    uint256 public liquidWei;
    uint256 public inFlightWei;
    uint256 public accountedCount;
    uint256 public listLength;
    mapping(uint256 word => uint256) public accounted;
    mapping(uint256 word => uint256) public special;
    mapping(uint256 index => Gwei) public balanceOf;
    mapping(uint256 index => Special) public specialOf;
    mapping(uint256 index => uint256) public settledIn;

    uint256 public opened;
    int256 public bookedDifferenceWei;
    uint256 public bookedExpectedWei;
    uint64 public slashingsNumber;
    uint256 public finished;
    Slot public slotSeen;
    bool public reenters;
    bytes private _malformed;

    error WrongHeader();
    error WrongState(Slot slot, bytes32 stateRoot);

    function setReport(BalanceReport created) external {
        report = created;
    }

    function setBooks(uint256 booked, uint256 liquid, uint256 inFlight) external {
        (bookedWei, liquidWei, inFlightWei) = (booked, liquid, inFlight);
    }

    function addValidator(uint256 index, Gwei balance) external {
        accounted[index / 256] |= 1 << (index % 256);
        accountedCount++;
        balanceOf[index] = balance;
        if (index >= listLength) listLength = index + 1;
    }

    /// @dev On the beacon chain, but of somebody else.
    function addForeign(uint256 index, Gwei balance) external {
        balanceOf[index] = balance;
        if (index >= listLength) listLength = index + 1;
    }

    function makeSpecial(uint256 index, Special calldata how) external {
        special[index / 256] |= 1 << (index % 256);
        specialOf[index] = how;
    }

    function groupOf(uint256 groupId) external view returns (uint128, uint128) {
        uint256 shift = 128 * (groupId % 2);
        return (uint128(accounted[groupId / 2] >> shift), uint128(special[groupId / 2] >> shift));
    }

    function reenter() external {
        reenters = true;
    }

    /// @dev What a verifier answers that does not keep to its interface.
    function answerWith(bytes calldata answer) external {
        _malformed = answer;
    }

    function allowEarlyStart() external {
        report.allowEarlyStart();
    }

    // Pool

    function openReport() external returns (uint256, uint256) {
        opened++;
        return (bookedWei, liquidWei);
    }

    function finishReport(int256 differenceWei) external {
        finished++;
        bookedDifferenceWei = differenceWei;
    }

    // ValidatorManager and ValidatorExits

    function settle(
        uint64 index,
        Gwei,
        uint64 reportNumber
    ) external returns (IValidatorAccounts.Settlement memory settlement) {
        if (reenters) report.finish();
        Special memory how = specialOf[index];
        slotSeen = report.slot();
        if (how.counts) settledIn[index] = reportNumber;
        settlement.counts = how.counts;
        settlement.exiting = how.exiting;
        settlement.creditedWei = how.creditedWei;
        settlement.validatorId = bytes32(uint256(index));
        settlement.state =
            how.slashed ? IValidatorRecords.ValidatorState.Slashed : IValidatorRecords.ValidatorState.Active;
    }

    function settle(bytes32 validatorId, Gwei, uint64) external view returns (uint256) {
        return specialOf[uint256(validatorId)].expectedWei;
    }

    function onReportFinished(uint64, uint256 expectedWei) external {
        bookedExpectedWei = expectedWei;
    }

    // Slashings

    function onReportFinished(uint64 reportNumber) external {
        slashingsNumber = reportNumber;
    }

    function valueReductionWei(bytes32 validatorId, Gwei, Slot, uint64) external view returns (int256) {
        return specialOf[uint256(validatorId)].reductionWei;
    }

    // Parameters

    function poolTerms() external pure returns (PoolTerms memory terms) {
        terms.reportIntervalSeconds = uint40(INTERVAL);
    }

    // Verifier: block roots are the hash of the time, state roots that of the slot

    function current() external view returns (address) {
        return address(this);
    }

    function parentBlockRoot(uint64 timestamp) external pure returns (bytes32) {
        return keccak256(abi.encode(timestamp));
    }

    function headerAt(uint64 timestamp) public pure returns (IBeaconVerifier.BeaconBlockHeader memory header) {
        header.slot = Slot.wrap(timestamp / 12);
        header.parentRoot = keccak256(abi.encode(timestamp));
        header.stateRoot = stateRootOf(header.slot);
    }

    function stateRootOf(Slot slot) public pure returns (bytes32) {
        return keccak256(abi.encode("state", slot));
    }

    function verifyHeaderRoot(bytes32 blockRoot, IBeaconVerifier.BeaconBlockHeader calldata header) external pure {
        if (header.parentRoot != blockRoot) revert WrongHeader();
    }

    function verifyBalances(
        Slot slot,
        bytes32 stateRoot,
        IBeaconVerifier.BalancesProof calldata proof
    ) external view returns (Gwei[] memory balances) {
        if (stateRoot != stateRootOf(slot)) revert WrongState(slot, stateRoot);
        bytes memory malformed = _malformed;
        if (malformed.length > 0) {
            assembly {
                return(add(malformed, 0x20), mload(malformed))
            }
        }
        uint256 count = 0;
        for (uint256 i = 0; i < proof.runs.length; i++) {
            uint256 first = proof.runs[i].firstChunk() * 4;
            uint256 end = first + proof.runs[i].chunkCount() * 4;
            count += (end < listLength ? end : listLength) - first;
        }
        balances = new Gwei[](count);
        uint256 position = 0;
        for (uint256 i = 0; i < proof.runs.length; i++) {
            uint256 index = proof.runs[i].firstChunk() * 4;
            uint256 end = index + proof.runs[i].chunkCount() * 4;
            for (; index < end && index < listLength; index++) balances[position++] = balanceOf[index];
        }
    }
}
