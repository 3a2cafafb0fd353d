// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Slashings} from "../../../contracts/accounting/Slashings.sol";
import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {Parameter} from "../../../contracts/interfaces/IParameters.sol";
import {IValidatorManager} from "../../../contracts/interfaces/IValidatorManager.sol";
import {Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {Epoch, Gwei, Slot} from "../../../contracts/libraries/Units.sol";

/// @dev Plays all contracts around Slashings: a pool whose books follow the design's rule for covers and losses (no stream,
/// no fees), bonds, one set of seven (operators 1 to 7), a manager that knows every key, and a verifier that believes
/// everything. Only what Slashings does with them is tested with it.
contract SimulatedSeptet is ERC20 {
    uint64 public constant DAY = 1 days;
    uint64 public constant SECONDS_PER_EPOCH = 384;
    /// @dev What a seat requires at most.
    uint256 public constant SEAT_WEI = 2 ether;

    Slashings public slashings;

    // Pool: what the holders have, and burnt bonds that no loss was set against.
    uint256 public assetsWei;
    uint256 public coverWei;
    uint64 public frozenUntil;
    uint256 public freezes;

    // Report
    uint64 public number = 1;
    bool public isOpen;
    uint256 public earlyStarts;

    // Registry and sets
    mapping(uint256 operatorId => uint256) public bondOf;
    uint256[] public behind;
    uint256 private _seatWei = SEAT_WEI;

    uint256 public totalActiveWei = 35_000_000 ether;
    mapping(bytes32 validatorId => bool) public marked;

    error NoBond();

    constructor() ERC20("Simulated", "SIM") {
        Wiring memory w;
        w.parameters = w.verifiers = w.vault = w.pool = w.registry = w.sets = w.changes = address(this);
        w.fees = w.manager = w.exits = w.report = w.court = w.guardian = w.governance = address(this);
        w.day = DAY;
        slashings = new Slashings(w);
        _mint(address(0xdead), 100_000 ether);
        assetsWei = 100_000 ether;
        for (uint256 i = 1; i <= 7; i++) {
            behind.push(i);
            addBond(i, 3 ether);
        }
    }

    // Test's own controls

    function addBond(uint256 operatorId, uint256 assets) public {
        uint256 shares = convertToShares(assets);
        assetsWei += assets;
        _mint(address(this), shares);
        bondOf[operatorId] += shares;
    }

    function setBond(uint256 operatorId, uint256 shares) external {
        _burn(address(this), bondOf[operatorId]);
        _mint(address(this), shares);
        bondOf[operatorId] = shares;
    }

    /// @dev As the set's stake makes it.
    function setRequirement(uint256 assets) external {
        _seatWei = assets;
    }

    function join(uint256 operatorId) external {
        behind.push(operatorId);
    }

    function leaveForGood(uint256 position) external {
        behind[position] = behind[behind.length - 1];
        behind.pop();
    }

    function record(bytes32 validatorId, uint64 effectiveGwei, uint64 withdrawable) external {
        IBeaconVerifier.Anchor memory anchor;
        IBeaconVerifier.ValidatorProof memory proof;
        proof.validator.pubkeyRoot = validatorId;
        proof.validator.slashed = true;
        proof.validator.effectiveBalanceGwei = Gwei.wrap(effectiveGwei);
        proof.validator.withdrawableEpoch = Epoch.wrap(withdrawable);
        slashings.recordSlashed(validatorId, anchor, proof);
    }

    /// @dev A report in which nothing moved but this validator's balance.
    /// @return lossWei What the holders lost beyond covers.
    function report(bytes32 validatorId, uint64 fromGwei, uint64 toGwei, int256 before) external returns (int256) {
        isOpen = true;
        number++;
        int256 reduction = valueInReport(validatorId, toGwei);
        int256 difference = (int256(uint256(toGwei)) - int256(uint256(fromGwei))) * 1 gwei - (reduction - before);
        finish(difference);
        return reduction;
    }

    /// @dev In a report of its own.
    function value(bytes32 validatorId, uint64 balanceGwei) external returns (int256) {
        number++;
        return valueInReport(validatorId, balanceGwei);
    }

    function valueInReport(bytes32 validatorId, uint64 balanceGwei) public returns (int256) {
        uint64 epoch = uint64(block.timestamp) / SECONDS_PER_EPOCH;
        return slashings.valueReductionWei(validatorId, Gwei.wrap(balanceGwei), Slot.wrap(epoch * 32), number);
    }

    function open() external {
        isOpen = true;
        number++;
    }

    /// @dev Covers first; what no loss uses is the holders'.
    function finish(int256 difference) public {
        isOpen = false;
        assetsWei = uint256(int256(assetsWei + coverWei) + difference);
        coverWei = 0;
        slashings.onReportFinished(number);
    }

    function convict(uint256 operatorId) external returns (uint256 paid) {
        return slashings.onConvicted(1, operatorId);
    }

    // Pool

    function convertToShares(uint256 assets) public view returns (uint256) {
        return totalSupply() == 0 ? assets : Math.mulDiv(assets, totalSupply(), assetsWei);
    }

    function convertToAssets(uint256 shares) public view returns (uint256) {
        return Math.mulDiv(shares, assetsWei, totalSupply());
    }

    function burnBond(uint256 shares) public {
        uint256 assets = convertToAssets(shares);
        _burn(msg.sender, shares);
        assetsWei -= assets;
        coverWei += assets;
    }

    function closedAt() external pure returns (uint64) {
        return 0;
    }

    function freeze(uint64 until) external {
        frozenUntil = until;
        freezes++;
    }

    function unfreeze() external {
        frozenUntil = 0;
    }

    // Registry

    function charge(
        uint256 operatorId,
        uint256 shares,
        address reporter,
        uint256 reporterShares
    ) external returns (uint256 taken) {
        taken = Math.min(shares, bondOf[operatorId]);
        bondOf[operatorId] -= taken;
        if (reporter != address(0)) {
            require(reporterShares == shares, NoBond());
            _transfer(address(this), reporter, taken);
        } else if (taken > 0) {
            this.burnBond(taken);
        }
    }

    function bond(uint256 operatorId, uint256 shares) external {
        _spendAllowance(msg.sender, address(this), shares);
        _transfer(msg.sender, address(this), shares);
        bondOf[operatorId] += shares;
    }

    // Sets

    function bondsBehind(uint256, uint64) external view returns (uint256[] memory ids, uint256[] memory maximumWei) {
        ids = behind;
        maximumWei = new uint256[](ids.length);
        uint256 answeringWei = Math.max(_seatWei, slashings.episodeRequirementWei(1));
        for (uint256 i = 0; i < ids.length; i++) {
            maximumWei[i] = answeringWei;
        }
    }

    function seatRequirementWei(uint256) external view returns (uint256) {
        return _seatWei;
    }

    // Manager and report

    function validator(bytes32) external pure returns (IValidatorManager.Validator memory v) {
        v.setId = 1;
    }

    function markSlashed(bytes32 validatorId) external {
        marked[validatorId] = true;
    }

    function allowEarlyStart() external {
        earlyStarts++;
    }

    // Parameters

    function get(Parameter parameter) external view returns (uint256) {
        if (parameter == Parameter.FreezeMaximumSeconds) return 3 days;
        if (parameter == Parameter.CorrelationMinimumBps) return 10;
        if (parameter == Parameter.CorrelationFactorBps) return 20_000;
        return totalActiveWei;
    }

    // Verifier

    function current() external view returns (address) {
        return address(this);
    }

    function EPOCHS_PER_SLASHINGS_VECTOR() external pure returns (uint64) {
        return 8_192;
    }

    function verifyHeader(uint64, IBeaconVerifier.BeaconBlockHeader calldata) external pure {}

    function verifyValidator(
        Slot,
        bytes32,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external pure returns (bytes32) {
        return proof.validator.pubkeyRoot;
    }

    function slotAt(uint256 timestamp) external pure returns (Slot) {
        return Slot.wrap(uint64(timestamp) / 12);
    }

    function epochOf(Slot slot) external pure returns (Epoch) {
        return Epoch.wrap(Slot.unwrap(slot) / 32);
    }
}
