// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {GovernorVotesQuorumFraction} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title SeptetGovernor
/// @notice Proposals of those who lock shares: one locked share, one vote. A proposal waits for the voting delay, is voted
/// on for the voting period, and executes through the timelock. All durations in seconds.
contract SeptetGovernor is
    Governor,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotes,
    GovernorVotesQuorumFraction,
    GovernorTimelockControl
{
    uint256 private constant INITIAL_DELAY_DAYS = 2;
    uint256 private constant INITIAL_PERIOD_DAYS = 5;
    uint256 private constant INITIAL_THRESHOLD_SHARES = 10 ether;
    uint256 private constant INITIAL_QUORUM_PERCENT = 20;

    uint256 private constant MIN_DELAY_DAYS = 1;
    uint256 private constant MAX_DELAY_DAYS = 14;
    uint256 private constant MIN_PERIOD_DAYS = 3;

    /// @dev VoteToken keeps shares for the timelock and seven days: longer votes would outlast those who voted.
    uint256 private constant MAX_PERIOD_DAYS = 7;
    uint256 private constant MIN_QUORUM_PERCENT = 10;
    uint256 private constant MAX_QUORUM_PERCENT = 50;

    /// @dev Parts of all shares of the pool.
    uint256 private constant QUORUM_OF_POOL_PERCENT = 2;
    uint256 private constant MAX_THRESHOLD_OF_POOL_PERCENT = 1;

    IERC20 public immutable POOL;
    uint64 public immutable DAY;

    /// @dev The pool's supply when a proposal was made, by the time at which its voting begins.
    mapping(uint256 timepoint => uint256) private _poolShares;

    error SettingOutOfBounds(uint256 value, uint256 minimum, uint256 maximum);

    /// @notice The contracts obey one timelock for ever.
    error TimelockFixed();

    constructor(
        Wiring memory w,
        IVotes votes,
        TimelockController timelock_
    )
        Governor("Septet")
        GovernorSettings(
            SafeCast.toUint48(INITIAL_DELAY_DAYS * w.day),
            SafeCast.toUint32(INITIAL_PERIOD_DAYS * w.day),
            INITIAL_THRESHOLD_SHARES
        )
        GovernorVotes(votes)
        GovernorVotesQuorumFraction(INITIAL_QUORUM_PERCENT)
        GovernorTimelockControl(timelock_)
    {
        POOL = IERC20(w.pool);
        DAY = w.day;
    }

    /// @notice Changes the voting delay, 1 to 14 days in seconds. Only governance.
    function setVotingDelay(uint48 newVotingDelay) public override {
        _requireSetting(newVotingDelay, MIN_DELAY_DAYS * DAY, MAX_DELAY_DAYS * DAY);
        super.setVotingDelay(newVotingDelay);
    }

    /// @notice Changes the voting period, 3 to 7 days in seconds. Only governance.
    function setVotingPeriod(uint32 newVotingPeriod) public override {
        _requireSetting(newVotingPeriod, MIN_PERIOD_DAYS * DAY, MAX_PERIOD_DAYS * DAY);
        super.setVotingPeriod(newVotingPeriod);
    }

    /// @notice Changes how many votes a proposer needs, at most 1 % of the pool's shares. Only governance.
    function setProposalThreshold(uint256 newProposalThreshold) public override {
        _requireSetting(newProposalThreshold, 0, (POOL.totalSupply() * MAX_THRESHOLD_OF_POOL_PERCENT) / 100);
        super.setProposalThreshold(newProposalThreshold);
    }

    /// @notice Changes the quorum, 10 to 50 percent of locked shares. Only governance.
    function updateQuorumNumerator(uint256 newQuorumNumerator) public override {
        _requireSetting(newQuorumNumerator, MIN_QUORUM_PERCENT, MAX_QUORUM_PERCENT);
        super.updateQuorumNumerator(newQuorumNumerator);
    }

    /// @notice Always reverts.
    function updateTimelock(TimelockController) public pure override {
        revert TimelockFixed();
    }

    /// @notice Votes (for and abstaining) that a proposal needs whose voting began at `timepoint`: a part of the shares
    /// locked then, and 2 % of the pool's shares when it was proposed.
    /// @dev The second *because* the first few shares that are locked would otherwise govern everyone's.
    function quorum(uint256 timepoint) public view override(Governor, GovernorVotesQuorumFraction) returns (uint256) {
        uint256 ofPool = Math.ceilDiv(_poolShares[timepoint] * QUORUM_OF_POOL_PERCENT, 100);
        return Math.max(super.quorum(timepoint), ofPool);
    }

    /// @inheritdoc Governor
    function state(uint256 proposalId) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
        return super.state(proposalId);
    }

    /// @inheritdoc Governor
    function proposalNeedsQueuing(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockControl) returns (bool) {
        return super.proposalNeedsQueuing(proposalId);
    }

    /// @inheritdoc Governor
    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override returns (uint256) {
        // *Because* whoever stakes much for one block could raise the quorum of others' proposals, each has its own; the
        // lower one of two in a block.
        uint256 timepoint = clock() + votingDelay();
        uint256 shares = _poolShares[timepoint];
        uint256 present = POOL.totalSupply();
        if (shares == 0 || present < shares) _poolShares[timepoint] = present;
        return super._propose(targets, values, calldatas, description, proposer);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }

    function _requireSetting(uint256 value, uint256 minimum, uint256 maximum) private view {
        // Who asks comes before what is asked for; `super` checks it again.
        if (msg.sender != _executor()) revert GovernorOnlyExecutor(msg.sender);
        if (value < minimum || value > maximum) revert SettingOutOfBounds(value, minimum, maximum);
    }
}
