// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {IValidatorExits} from "../../../contracts/interfaces/IValidatorExits.sol";
import {IValidatorRecords} from "../../../contracts/interfaces/IValidatorRecords.sol";
import {Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {ChunkRun} from "../../../contracts/libraries/ChunkRun.sol";
import {SSZ} from "../../../contracts/libraries/SSZ.sol";
import {Epoch, FAR_FUTURE_EPOCH, Gwei, Slot} from "../../../contracts/libraries/Units.sol";
import {WithdrawalVault} from "../../../contracts/pool/WithdrawalVault.sol";
import {ValidatorExits} from "../../../contracts/validators/ValidatorExits.sol";
import {Test} from "../support/Test.sol";
import {wiringOf} from "../support/WiringOf.sol";
import {CONSOLIDATION_REQUESTS_CODE, WITHDRAWAL_REQUESTS_CODE} from "./predeploys.sol";
import {SimulatedNeighbours} from "./SimulatedNeighbours.sol";

/// @title ValidatorExits with the real vault and the real predeploys, among simulated neighbours
abstract contract ExitsSetup is Test {
    address internal constant WITHDRAWALS = 0x00000961Ef480Eb55e80D19ad83579A64c007002;
    address internal constant CONSOLIDATIONS = 0x0000BBdDc7CE488642fb579F8B00f3a590007251;
    address internal constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;

    SimulatedNeighbours internal neighbours;
    ValidatorExits internal exits;
    WithdrawalVault internal vault;
    mapping(uint8 number => bytes32) private _ids;

    receive() external payable {}

    function setUp() public virtual {
        vm.warp(1_900_000_000);
        for (uint8 number = 1; number <= 3; number++) _ids[number] = SSZ.pubkeyRoot(pubkey(number));
        vm.etch(WITHDRAWALS, WITHDRAWAL_REQUESTS_CODE);
        vm.etch(CONSOLIDATIONS, CONSOLIDATION_REQUESTS_CODE);
        neighbours = new SimulatedNeighbours();
        Wiring memory w = wiringOf(address(neighbours), 1 days);
        // Created after the vault by this contract, whose third creation it is.
        w.exits = address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", address(this), hex"03")))));
        vault = new WithdrawalVault(w);
        w.vault = address(vault);
        exits = new ValidatorExits(w);
        check(address(exits) == w.exits, "the vault knows its caller");
        neighbours.setExits(exits);
        vm.deal(address(vault), 1 ether);
        vm.deal(address(this), 100 ether);
        _set(1, IValidatorRecords.ValidatorState.Active);
        _set(2, IValidatorRecords.ValidatorState.Active);
    }

    function pubkey(uint8 number) internal pure returns (bytes memory) {
        return abi.encodePacked(bytes32(uint256(number)), bytes16(0));
    }

    /// @dev Remembered, because the hash is a call too: the one that `expectRevert` would wait for.
    function idOf(uint8 number) internal view returns (bytes32) {
        return _ids[number];
    }

    function anchor() internal view returns (IBeaconVerifier.Anchor memory a) {
        a.timestamp = uint64(block.timestamp);
        a.header.slot = Slot.wrap(uint64((block.timestamp - 1_800_000_000) / 12));
    }

    function proofOf(uint8 number) internal view returns (IBeaconVerifier.ValidatorProof memory proof) {
        proof.validatorIndex = uint64(number) * 4;
        proof.validator.pubkeyRoot = idOf(number);
        proof.validator.exitEpoch = FAR_FUTURE_EPOCH;
        proof.validator.withdrawableEpoch = FAR_FUTURE_EPOCH;
        proof.validator.activationEpoch = Epoch.wrap(10);
    }

    function balanceOf(uint8 number) internal pure returns (IBeaconVerifier.BalancesProof memory proof) {
        proof.runs = new ChunkRun[](1);
        proof.runs[0] = ChunkRun.wrap(uint64(number) | (1 << 40));
    }

    function evidence(uint8 number) internal view returns (IValidatorExits.KeyEvidence memory) {
        return IValidatorExits.KeyEvidence(pubkey(number), proofOf(number), balanceOf(number));
    }

    function requestExit(uint8 number, IValidatorExits.Reason reason) internal {
        exits.requestExit(reason, anchor(), evidence(number));
    }

    function requestPartial(uint8 number) internal returns (Gwei) {
        return exits.requestPartial(anchor(), evidence(number));
    }

    /// @dev What the chain takes out at the end of a block: 76 bytes per request.
    function dequeue(address predeploy) internal returns (bytes memory requests) {
        vm.prank(SYSTEM);
        (, requests) = predeploy.call("");
    }

    function gwei_(uint64 amountEther) internal pure returns (Gwei) {
        return Gwei.wrap(amountEther * 1e9);
    }

    function _set(uint8 number, IValidatorRecords.ValidatorState state) internal {
        neighbours.setValidator(idOf(number), state, Gwei.wrap(0), number);
    }
}
