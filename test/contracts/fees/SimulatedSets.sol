// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {IOperatorRegistry} from "../../../contracts/interfaces/IOperatorRegistry.sol";
import {Parameter} from "../../../contracts/interfaces/IParameters.sol";
import {ISetChanges} from "../../../contracts/interfaces/ISetChanges.sol";
import {IValidatorRecords} from "../../../contracts/interfaces/IValidatorRecords.sol";
import {Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {Epoch, Gwei, Slot} from "../../../contracts/libraries/Units.sol";
import {FeeDistributor} from "../../../contracts/operators/FeeDistributor.sol";

/// @dev Plays all contracts around FeeDistributor: pool shares, sets of seven with seats and leases to be set at will,
/// bonds and a verifier whose states are what the test says. Set s has operators 10s + 1 to 10s + 7.
contract SimulatedSets is ERC20 {
    uint64 public constant SECONDS_PER_SLOT = 12;
    uint256 public constant SEAT_WEI = 2 ether;

    FeeDistributor public fees;
    mapping(uint256 setId => uint256[7]) private _members;
    mapping(uint256 setId => uint8) public emptied;
    mapping(uint256 setId => uint8) public leasedSeats;
    mapping(uint256 setId => uint8) public toBeLeased;
    mapping(uint256 setId => uint64) public startEpoch;
    mapping(uint256 operatorId => uint256) public bondOf;
    mapping(uint64 validatorIndex => IValidatorRecords.Validator) private _validators;
    mapping(uint256 setId => uint256) public liveKeyCount;
    mapping(bytes32 stateRoot => mapping(uint256 position => uint64)) public balanceAt;
    mapping(bytes32 stateRoot => uint256) public listLength;

    constructor() ERC20("Simulated", "SIM") {
        Wiring memory w;
        w.parameters = w.verifiers = w.vault = w.pool = w.registry = w.sets = w.changes = address(this);
        w.slashings = w.manager = w.exits = w.report = w.court = w.guardian = w.governance = address(this);
        w.day = 1 days;
        fees = new FeeDistributor(w);
        for (uint256 setId = 1; setId <= 3; setId++) {
            for (uint256 i = 0; i < 7; i++) {
                _members[setId][i] = setId * 10 + i + 1;
                bondOf[setId * 10 + i + 1] = 3 ether;
            }
        }
    }

    // Test's own controls

    function mintFees(uint256 shares) external {
        _mint(address(fees), shares);
        fees.onFees(shares);
    }

    function changeStake(uint256 setId, int256 changeWei) external {
        fees.onStakeChanged(setId, changeWei);
    }

    function replace(uint256 setId, uint256 seat, uint256 operatorId) external {
        _members[setId][seat - 1] = operatorId;
    }

    function setEmptied(uint256 setId, uint8 seats) external {
        emptied[setId] = seats;
    }

    function setLease(uint256 setId, uint8 present, uint8 pending) external {
        leasedSeats[setId] = present;
        toBeLeased[setId] = pending;
    }

    function setStartEpoch(uint256 setId, uint64 epoch) external {
        startEpoch[setId] = epoch;
    }

    function addKey(uint256 setId, uint64 validatorIndex, bool active) external {
        IValidatorRecords.Validator storage v = _validators[validatorIndex];
        v.setId = setId;
        v.state = active ? IValidatorRecords.ValidatorState.Active : IValidatorRecords.ValidatorState.Proven;
        liveKeyCount[setId]++;
    }

    function setBalance(bytes32 stateRoot, uint256 index, uint64 balanceGwei) external {
        balanceAt[stateRoot][index] = balanceGwei;
        if (index >= listLength[stateRoot]) listLength[stateRoot] = index + 1;
    }

    // Pool, registry, sets, changes

    function burnFees(uint256 shares) external {
        _burn(msg.sender, shares);
    }

    function convertToShares(uint256 assets) external pure returns (uint256) {
        return assets;
    }

    function charge(uint256 operatorId, uint256 shares, address, uint256) external returns (uint256) {
        if (shares > bondOf[operatorId]) shares = bondOf[operatorId];
        bondOf[operatorId] -= shares;
        return shares;
    }

    function operator(uint256 operatorId) external pure returns (IOperatorRegistry.Operator memory o) {
        o.payout = address(uint160(0x1000 + operatorId));
    }

    function members(uint256 setId) external view returns (uint256[7] memory) {
        return _members[setId];
    }

    function feeSeats(uint256 setId) external view returns (uint8) {
        return 0x7f & ~emptied[setId];
    }

    function seatRequirementWei(uint256) external pure returns (uint256) {
        return SEAT_WEI;
    }

    function current(uint256 setId) external view returns (ISetChanges.Configuration memory c) {
        c.leasedSeats = leasedSeats[setId];
        c.startEpoch = Epoch.wrap(startEpoch[setId]);
    }

    function seatsOnDuty(uint256 setId) external view returns (uint8 seats) {
        seats = 0x7f;
        if (leasedSeats[setId] != 0) seats &= leasedSeats[setId];
        if (toBeLeased[setId] != 0) seats &= toBeLeased[setId];
    }

    function pendingChange(uint256 setId) external view returns (ISetChanges.Configuration memory c) {
        c.leasedSeats = toBeLeased[setId];
    }

    // Manager

    function validatorIdAt(uint64 validatorIndex) external view returns (bytes32) {
        return _validators[validatorIndex].setId == 0 ? bytes32(0) : bytes32(uint256(validatorIndex) + 1);
    }

    function validator(bytes32 validatorId) external view returns (IValidatorRecords.Validator memory) {
        return _validators[uint64(uint256(validatorId) - 1)];
    }

    // Parameters and verifier

    function get(Parameter parameter) external pure returns (uint256) {
        return parameter == Parameter.DeadSetChargeBps ? 1_000 : 35_000_000 ether;
    }

    function current() external view returns (address) {
        return address(this);
    }

    function verifyHeader(uint64, IBeaconVerifier.BeaconBlockHeader calldata) external pure {}

    function verifyBalances(
        Slot,
        bytes32 stateRoot,
        IBeaconVerifier.BalancesProof calldata proof
    ) external view returns (Gwei[] memory balances) {
        uint256 length = listLength[stateRoot];
        balances = new Gwei[](proof.chunks.length * 4);
        uint256 position = 0;
        for (uint256 i = 0; i < proof.runs.length; i++) {
            for (uint256 j = 0; j < 4 * proof.runs[i].chunkCount(); j++) {
                uint256 index = 4 * proof.runs[i].firstChunk() + j;
                if (index < length) balances[position++] = Gwei.wrap(balanceAt[stateRoot][index]);
            }
        }
        assembly {
            mstore(balances, position)
        }
    }

    function slotAt(uint256 timestamp) external pure returns (Slot) {
        return Slot.wrap(uint64(timestamp) / SECONDS_PER_SLOT);
    }

    function epochOf(Slot slot) external pure returns (Epoch) {
        return Epoch.wrap(Slot.unwrap(slot) / 32);
    }
}
